// Counting semaphores.
#include "sim/kernel/semaphore.hpp"

#include <cerrno>

#include "sim/kernel/this_task.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;

void sema_init(semaphore *sem, int count, place where)
{
    sem->count = count;
    sim::wrote(sem, sizeof *sem, where);
    init_waitqueue_head(&sem->wait, where);
}

static bool take(semaphore *sem)
{
    if (sem->count <= 0)
        return false;
    --sem->count;
    return true;
}

static void wake_first(semaphore *sem)
{
    for (list_head *entry = sem->wait.task_list.next; entry != &sem->wait.task_list; entry = entry->next)
        if (wake_up_state(list_entry<&wait_queue_t::task_list>(entry)->task, TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE))
            return;
}

static bool signalled(long state)
{
    return state == TASK_INTERRUPTIBLE && (this_task()->pending.bits & ~this_task()->blocked.bits) != 0;
}

// The slow path of __down and __down_interruptible: asks for the unit, sleeps, asks again.
static int sleep_for_unit(semaphore *sem, long state, const place &where)
{
    wait_queue_t wait;
    init_waitqueue_entry(&wait, this_task());
    list_add_tail(&wait.task_list, &sem->wait.task_list);
    this_task()->sleeps_on = sem;
    int err = 0;
    while (!take(sem)) {
        if (signalled(state)) {
            err = -EINTR;
            break;
        }
        this_task()->state = state;
        deactivate(this_task(), "semaphore", sem, where);
        sim::announce(event_kind::down, sem, where);
    }
    this_task()->state = TASK_RUNNING;
    this_task()->sleeps_on = nullptr;
    list_del(&wait.task_list);
    if (sem->count > 0)
        wake_first(sem);
    return err;
}

static int down_in_state(semaphore *sem, long state, const place &where)
{
    might_sleep(where, state == TASK_INTERRUPTIBLE ? "down_interruptible" : "down");
    sim::point_before_operation();
    int err = take(sem) ? 0 : sleep_for_unit(sem, state, where);
    emit(err == 0 ? event_kind::down : event_kind::down_failed, sem, static_cast<std::uint64_t>(sem->count), where);
    return err;
}

void down(semaphore *sem, place where)
{
    down_in_state(sem, TASK_UNINTERRUPTIBLE, where);
}

int down_interruptible(semaphore *sem, place where)
{
    return down_in_state(sem, TASK_INTERRUPTIBLE, where);
}

int down_trylock(semaphore *sem, place where)
{
    sim::point_before_operation();
    bool taken = take(sem);
    emit(taken ? event_kind::down : event_kind::down_failed, sem, static_cast<std::uint64_t>(sem->count), where);
    return taken ? 0 : 1;
}

void up(semaphore *sem, place where)
{
    sim::point_before_operation();
    ++sem->count;
    emit(event_kind::up, sem, static_cast<std::uint64_t>(sem->count), where);
    wake_first(sem);
}

} // namespace kernel
