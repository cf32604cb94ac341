// Mutexes and the big kernel lock.
#include "sim/kernel/mutex.hpp"

#include <fmt/format.h>

#include "sim/happens_before.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::name_of_object;

void mutex_init(mutex *lock, place where)
{
    *lock = {};
    sim::wrote(lock, sizeof *lock, where);
}

static void leave_queue(mutex *lock, unsigned task)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < lock->waiting; ++i)
        if (lock->queue[i] != task)
            lock->queue[kept++] = lock->queue[i];
    while (lock->waiting > kept)
        lock->queue[--lock->waiting] = 0;
}

static void take(mutex *lock, const char *why, const place &where)
{
    unsigned self = sim::current_task();
    if (lock->holder != 0) {
        sim::announce(event_kind::write_lock, lock, where);
        lock->queue[lock->waiting++] = static_cast<std::uint8_t>(self);
        while (lock->holder != 0) {
            sleep_uninterruptible(why, lock, where);
            sim::announce(event_kind::write_lock, lock, where);
        }
        leave_queue(lock, self);
    }
    lock->holder = static_cast<std::uint16_t>(self + 1);
}

static void release(mutex *lock)
{
    lock->holder = 0;
    if (lock->waiting > 0)
        wake_up_state(task_of(lock->queue[0]), TASK_UNINTERRUPTIBLE);
}

void mutex_lock(mutex *lock, place where)
{
    might_sleep(where);
    sim::point_before_operation();
    if (lock->holder == sim::current_task() + 1)
        rule_broken("self_deadlock", fmt::format("{} takes {} which it holds", name_of_object(this_task()),
                                                 name_of_object(lock)), where);
    take(lock, "mutex", where);
    ++this_task()->locks_held;
    emit(event_kind::write_lock, lock, 0, where);
}

void mutex_unlock(mutex *lock, place where)
{
    sim::point_before_operation();
    if (lock->holder != sim::current_task() + 1) {
        sim::announce(event_kind::write_unlock, lock, where);
        rule_broken("unbalanced_unlock", fmt::format("{} unlocks {} which it does not hold", name_of_object(this_task()),
                                                     name_of_object(lock)), where);
    }
    --this_task()->locks_held;
    emit(event_kind::write_unlock, lock, 0, where);
    release(lock);
}

static const sim::per_world<mutex> big_kernel_lock;

void lock_kernel(place where)
{
    task_struct *self = this_task();
    if (self->lock_depth >= 0) {
        ++self->lock_depth;
        return;
    }
    might_sleep(where);
    sim::point_before_operation();
    take(&big_kernel_lock.get(), "big kernel lock", where);
    self->lock_depth = 0;
    emit(event_kind::write_lock, &big_kernel_lock.get(), 0, where);
}

void unlock_kernel(place where)
{
    task_struct *self = this_task();
    if (self->lock_depth < 0)
        rule_broken("unbalanced_unlock", fmt::format("{} unlocks the big kernel lock which it does not hold",
                                                     name_of_object(self)), where);
    if (--self->lock_depth >= 0)
        return;
    sim::point_before_operation();
    emit(event_kind::write_unlock, &big_kernel_lock.get(), 0, where);
    release(&big_kernel_lock.get());
}

bool is_big_kernel_lock(const void *object)
{
    return object == &big_kernel_lock.get();
}

void release_kernel_lock(task_struct *task)
{
    task->lock_depth = -1;
    sim::release(&big_kernel_lock.get());
    release(&big_kernel_lock.get());
}

void reacquire_kernel_lock(task_struct *task, int depth)
{
    long state = task->state;
    take(&big_kernel_lock.get(), "big kernel lock", place::here());
    sim::acquire(&big_kernel_lock.get());
    task->state = state;
    task->lock_depth = depth;
}

} // namespace kernel
