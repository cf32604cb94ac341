// Wait queues.
#include "sim/kernel/wait.hpp"

#include "sim/kernel/bug.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::announce;
using sim::emit;
using sim::event_kind;
using sim::point_before_operation;

void init_waitqueue_head(wait_queue_head_t *q, place where)
{
    INIT_LIST_HEAD(&q->task_list);
    sim::wrote(q, sizeof *q, where);
}

void init_waitqueue_entry(wait_queue_t *wait, task_struct *task, place where)
{
    wait->flags = 0;
    wait->task = task;
    INIT_LIST_HEAD(&wait->task_list);
    sim::wrote(wait, sizeof *wait, where);
}

// Before its entries are followed. Out of line, so that nothing of them is left in the frame of a task that goes to sleep.
static void announce_queue(event_kind kind, const wait_queue_head_t *q, const place &where)
{
    if (!list_empty(&q->task_list))
        announce(kind, q, where);
}

static void enqueue(wait_queue_head_t *q, wait_queue_t *wait, const place &where)
{
    announce_queue(event_kind::wait_add, q, where);
    this_task()->sleeps_on = q;
    if ((wait->flags & WQ_FLAG_EXCLUSIVE) != 0)
        list_add_tail(&wait->task_list, &q->task_list);
    else
        list_add(&wait->task_list, &q->task_list);
}

void add_wait_queue(wait_queue_head_t *q, wait_queue_t *wait, place where)
{
    point_before_operation();
    wait->flags &= ~WQ_FLAG_EXCLUSIVE;
    enqueue(q, wait, where);
    emit(event_kind::wait_add, q, 0, where);
}

void add_wait_queue_exclusive(wait_queue_head_t *q, wait_queue_t *wait, place where)
{
    point_before_operation();
    wait->flags |= WQ_FLAG_EXCLUSIVE;
    enqueue(q, wait, where);
    emit(event_kind::wait_add, q, 1, where);
}

void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *wait, place where)
{
    point_before_operation();
    list_del(&wait->task_list);
    this_task()->sleeps_on = nullptr;
    emit(event_kind::wait_remove, q, 0, where);
}

[[gnu::always_inline]] static inline void prepare(wait_queue_head_t *q, wait_queue_t *wait, long state, const place &where)
{
    point_before_operation();
    wait->flags &= ~WQ_FLAG_EXCLUSIVE;
    if (list_empty(&wait->task_list))
        enqueue(q, wait, where);
    this_task()->state = state;
    emit(event_kind::wait_add, q, 0, where);
}

void prepare_to_wait(wait_queue_head_t *q, wait_queue_t *wait, long state, place where)
{
    prepare(q, wait, state, where);
}

void finish_wait(wait_queue_head_t *q, wait_queue_t *wait, place where)
{
    point_before_operation();
    this_task()->state = TASK_RUNNING;
    this_task()->sleeps_on = nullptr;
    list_del_init(&wait->task_list);
    emit(event_kind::wait_remove, q, 0, where);
}

static wait_queue_t *waiter_of(list_head *entry)
{
    return list_entry<&wait_queue_t::task_list>(entry);
}

// wake_up_common: the number of exclusive waiters to wake, 0 for all.
static void wake(wait_queue_head_t *q, long states, int exclusive, const place &where)
{
    point_before_operation();
    announce_queue(event_kind::wake, q, where);
    std::uint64_t woken = 0;
    list_head *next = nullptr;
    for (list_head *entry = q->task_list.next; entry != &q->task_list; entry = next) {
        sim::count_access();
        next = entry->next;
        wait_queue_t *wait = waiter_of(entry);
        unsigned flags = wait->flags;
        if (!wake_up_state(wait->task, states))
            continue;
        ++woken;
        if ((flags & WQ_FLAG_AUTOREMOVE) != 0)
            list_del_init(&wait->task_list);
        if ((flags & WQ_FLAG_EXCLUSIVE) != 0 && --exclusive == 0)
            break;
    }
    emit(event_kind::wake, q, woken, where);
}

void wake_up(wait_queue_head_t *q, place where)
{
    wake(q, TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE, 1, where);
}

void wake_up_all(wait_queue_head_t *q, place where)
{
    wake(q, TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE, 0, where);
}

void wake_up_interruptible(wait_queue_head_t *q, place where)
{
    wake(q, TASK_INTERRUPTIBLE, 1, where);
}

bool waitqueue_active(const wait_queue_head_t *q, place where)
{
    bool active = !list_empty(&q->task_list);
    if (active)
        sim::announce_access(q, sizeof *q, false, where);
    return active;
}

static bool holds_now(wait_condition holds, void *closure)
{
    // A condition whose lockless reads are events stands behind their points; this one serves the others.
    sim::fine_point();
    return holds(closure);
}

int wait_event_in_state(wait_queue_head_t *q, long state, wait_condition holds, void *closure, const place &where)
{
    might_sleep(where, state == TASK_INTERRUPTIBLE ? "wait_event_interruptible" : "wait_event");
    if (holds_now(holds, closure))
        return 0;
    wait_queue_t wait;
    init_waitqueue_entry(&wait, this_task());
    wait.flags = WQ_FLAG_AUTOREMOVE;
    int err = 0;
    for (;;) {
        prepare(q, &wait, state, where);
        if (holds_now(holds, closure))
            break;
        if (state == TASK_INTERRUPTIBLE && signal_pending(this_task(), where)) {
            err = -ERESTARTSYS;
            break;
        }
        this_task()->wait_condition = holds;
        this_task()->wait_closure = closure;
        schedule(where);
        this_task()->wait_condition = nullptr;
        this_task()->wait_closure = nullptr;
        if (list_empty(&wait.task_list))
            this_task()->sleeps_on = nullptr; // the wake-up took it off; the next round begins like the first
    }
    finish_wait(q, &wait, where);
    return err;
}

} // namespace kernel
