// Spinlocks. A task that stands before a held lock is not runnable: spinning on is no step.
#include "sim/kernel/spinlock.hpp"

#include <bit>

#include <fmt/format.h>

#include "sim/kernel/bug.hpp"
#include "sim/kernel/held_spinlocks.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::name_of_object;

void spin_lock_init(spinlock_t *lock, place where)
{
    *lock = {};
    sim::wrote(lock, sizeof *lock, where);
}

static void for_each_task(std::uint64_t mask, auto visit)
{
    for (; mask != 0; mask &= mask - 1)
        visit(static_cast<unsigned>(std::countr_zero(mask)));
}

// Stands before the lock until it is free. In a search that leaves no trace in the lock, so that a step which leads to a
// lock is independent of those who take it.
static void stand_before(spinlock_t *lock)
{
    if (sim::the_run.stepwise) {
        sim::wait_at_gate(&lock->holder, waiting_for_spinlock, lock);
        return;
    }
    std::uint64_t me = std::uint64_t{1} << sim::current_task();
    lock->waiters |= me;
    if (lock->holder != 0)
        sim::block(waiting_for_spinlock, lock);
    else
        sim::point();
    lock->waiters &= ~me;
}

// Out of line, so that nothing of it is left in the frame of a task that stands before the lock.
[[gnu::noinline]] static void look_at_holder(const spinlock_t *lock, const place &where)
{
    sim::announce(sim::event_kind::lock, lock, where);
    if (lock->holder == sim::current_task() + 1)
        rule_broken("self_deadlock", fmt::format("{} takes {} which it holds", name_of_object(this_task()),
                                                 name_of_object(lock)), where);
}

void spin_lock(spinlock_t *lock, place where)
{
    unsigned self = sim::current_task();
    // Who has it matters to those only who could have it themselves. A lock that is gone is poisoned, also where nobody waits.
    if (lock->waiters != 0 || (this_task()->spinlocks_held != 0 && lock->holder != 0))
        look_at_holder(lock, where);
    this_task()->sleeps_at = where;
    stand_before(lock);
    if (lock->waiters != 0) // or it was freed meanwhile
        sim::announce(sim::event_kind::lock, lock, where);
    // Only a task that may take the lock goes on here.
    lock->holder = static_cast<std::uint16_t>(self + 1);
    for_each_task(lock->waiters, [&](unsigned other) { sim::hold_back(other, waiting_for_spinlock, lock); });
    task_struct *holder = this_task();
    holder->sleeps_at = {};
    ++holder->preempt_count;
    note_taken(holder, lock, where);
    ++holder->spinlocks_held;
    sim::the_world().after_acquire = true;
    sim::emit(sim::event_kind::lock, lock, 0, where);
}

void spin_unlock(spinlock_t *lock, place where)
{
    sim::fine_point();
    if (lock->holder != sim::current_task() + 1) {
        sim::announce(sim::event_kind::unlock, lock, where);
        rule_broken("unbalanced_unlock", fmt::format("{} unlocks {} which it does not hold", name_of_object(this_task()),
                                                     name_of_object(lock)), where);
    }
    lock->holder = 0;
    for_each_task(lock->waiters, [](unsigned other) { sim::make_runnable(other); });
    task_struct *self = this_task();
    --self->preempt_count;
    note_released(self, lock);
    --self->spinlocks_held;
    sim::the_world().after_acquire = false;
    sim::emit(sim::event_kind::unlock, lock, 0, where);
}

void lockdep_assert_held(const spinlock_t *lock, place where)
{
    if (lock->holder == sim::current_task() + 1)
        return;
    sim::announce_access(&lock->holder, sizeof lock->holder, false, where);
    rule_broken("lock_not_held", fmt::format("{} is in {} without {}", name_of_object(this_task()), where.function(),
                                             name_of_object(lock)), where);
}

} // namespace kernel
