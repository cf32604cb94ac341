// MODELLED: linux/wait.h. Wait queues with exclusive waiters, wait_event and its interruptible form.
#pragma once

#include "sim/kernel/list.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/place.hpp"

namespace kernel {

struct wait_queue_head_t {
    list_head task_list; // of wait_queue_t; the queue's own lock is held within each operation alone
};

inline constexpr unsigned WQ_FLAG_EXCLUSIVE = 1;
inline constexpr unsigned WQ_FLAG_AUTOREMOVE = 2; // taken off by the wake-up, as autoremove_wake_function does

struct wait_queue_t {
    unsigned flags;
    task_struct *task;
    list_head task_list;
};

void init_waitqueue_head(wait_queue_head_t *q, place where = place::here());
void init_waitqueue_entry(wait_queue_t *wait, task_struct *task, place where = place::here());

// DECLARE_WAITQUEUE(wait, current) without a macro.
[[gnu::always_inline]] inline wait_queue_t DECLARE_WAITQUEUE(task_struct *task)
{
    wait_queue_t wait;
    init_waitqueue_entry(&wait, task);
    return wait;
}

void add_wait_queue(wait_queue_head_t *q, wait_queue_t *wait, place where = place::here());
void add_wait_queue_exclusive(wait_queue_head_t *q, wait_queue_t *wait, place where = place::here());
void remove_wait_queue(wait_queue_head_t *q, wait_queue_t *wait, place where = place::here());

void prepare_to_wait(wait_queue_head_t *q, wait_queue_t *wait, long state, place where = place::here());
void finish_wait(wait_queue_head_t *q, wait_queue_t *wait, place where = place::here());

// Wakes every waiter that is not exclusive and one exclusive one. A waiter that is already running does not count
// as woken.
void wake_up(wait_queue_head_t *q, place where = place::here());
void wake_up_all(wait_queue_head_t *q, place where = place::here());
// As wake_up for TASK_INTERRUPTIBLE sleepers alone.
void wake_up_interruptible(wait_queue_head_t *q, place where = place::here());

bool waitqueue_active(const wait_queue_head_t *q, place where = place::here());

using wait_condition = bool (*)(void *closure);
int wait_event_in_state(wait_queue_head_t *q, long state, wait_condition holds, void *closure, const place &where);

// The condition is tested again after each wake-up, without any lock but its own.
template <typename Condition>
[[gnu::always_inline]] inline void wait_event(wait_queue_head_t &q, Condition condition, place where = place::here())
{
    wait_event_in_state(
        &q, TASK_UNINTERRUPTIBLE, [](void *closure) { return (*static_cast<Condition *>(closure))(); }, &condition,
        where);
}

// 0 when the condition holds, -ERESTARTSYS when a signal came first.
template <typename Condition>
[[gnu::always_inline]] inline int wait_event_interruptible(wait_queue_head_t &q, Condition condition,
                                                           place where = place::here())
{
    return wait_event_in_state(
        &q, TASK_INTERRUPTIBLE, [](void *closure) { return (*static_cast<Condition *>(closure))(); }, &condition,
        where);
}

} // namespace kernel
