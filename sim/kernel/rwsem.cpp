// Fair reader-writer semaphores.
#include "sim/kernel/rwsem.hpp"

#include <fmt/format.h>

#include "sim/kernel/bug.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/lock_order.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::name_of_object;

static constexpr std::uint8_t wants_write = 0x80;

void init_rwsem(rw_semaphore *sem, place where)
{
    *sem = {};
    sim::wrote(sem, sizeof *sem, where);
}

static void enter(rw_semaphore *sem, unsigned task, bool write)
{
    if (write) {
        sem->activity = -1;
        sem->writer = static_cast<std::uint16_t>(task + 1);
    } else {
        ++sem->activity;
        ++sem->reads[task];
    }
}

static void drop_first(rw_semaphore *sem)
{
    for (unsigned i = 1; i < sem->waiting; ++i)
        sem->queue[i - 1] = sem->queue[i];
    sem->queue[--sem->waiting] = 0;
}

// Hands the semaphore to a waiting writer, or to all readers in front of the next writer.
static void grant(rw_semaphore *sem)
{
    while (sem->waiting > 0) {
        std::uint8_t first = sem->queue[0];
        bool write = (first & wants_write) != 0;
        if (write ? sem->activity != 0 : sem->activity < 0)
            return;
        unsigned task = first & ~wants_write;
        drop_first(sem);
        enter(sem, task, write);
        wake_up_state(task_of(task), TASK_UNINTERRUPTIBLE);
    }
}

static bool is_queued(const rw_semaphore *sem, unsigned task)
{
    for (unsigned i = 0; i < sem->waiting; ++i)
        if ((sem->queue[i] & ~wants_write) == task)
            return true;
    return false;
}

static void check_recursion(const rw_semaphore *sem, const char *verb, const place &where)
{
    bool watched = (sim::the_run.watching & sim::watch_locks) != 0;
    if (watched && sem->reads[sim::current_task()] != 0)
        rule_broken("read_lock_recursion",
                    fmt::format("{} {} {} which it reads already: a writer that comes between waits for the first and "
                                "holds up the second", name_of_object(this_task()), verb, name_of_object(sem)), where);
}

static void acquire(rw_semaphore *sem, bool write, const place &where)
{
    event_kind taken = write ? event_kind::write_lock : event_kind::read_lock;
    might_sleep(where, write ? "down_write" : "down_read");
    sim::point_before_operation();
    if (sem->waiting != 0)
        sim::announce(taken, sem, where);
    unsigned self = sim::current_task();
    if (sem->writer == self + 1)
        rule_broken("self_deadlock", fmt::format("{} takes {} which it holds for writing", name_of_object(this_task()),
                                                 name_of_object(sem)), where);
    if (write && sem->reads[self] != 0)
        rule_broken("self_deadlock", fmt::format("{} takes {} for writing while it holds it for reading",
                                                 name_of_object(this_task()), name_of_object(sem)), where);
    if (!write)
        check_recursion(sem, "reads", where);
    bool free = write ? sem->activity == 0 : sem->activity >= 0;
    if (free && sem->waiting == 0) {
        enter(sem, self, write);
    } else {
        sem->queue[sem->waiting++] = static_cast<std::uint8_t>(self | (write ? wants_write : 0));
        // The releaser hands the semaphore over and takes us off the queue; any other wake-up is a stray one.
        while (is_queued(sem, self)) {
            sleep_uninterruptible(write ? "write lock" : "read lock", sem, where);
            sim::announce(taken, sem, where);
        }
    }
    ++this_task()->locks_held;
    emit(taken, sem, 0, where);
}

void might_lock_read(const rw_semaphore *sem, place where)
{
    if ((sim::the_run.watching & sim::watch_locks) == 0)
        return;
    check_recursion(sem, "may read", where);
    sim::might_take(event_kind::read_lock, sem, where);
}

void down_read(rw_semaphore *sem, place where)
{
    acquire(sem, false, where);
}

void down_write(rw_semaphore *sem, place where)
{
    acquire(sem, true, where);
}

void up_read(rw_semaphore *sem, place where)
{
    sim::point_before_operation();
    unsigned self = sim::current_task();
    if (sem->reads[self] == 0)
        rule_broken("unbalanced_unlock", fmt::format("{} releases {} which it does not hold for reading",
                                                     name_of_object(this_task()), name_of_object(sem)), where);
    --sem->reads[self];
    --sem->activity;
    --this_task()->locks_held;
    emit(event_kind::read_unlock, sem, 0, where);
    grant(sem);
}

void up_write(rw_semaphore *sem, place where)
{
    sim::point_before_operation();
    if (sem->writer != sim::current_task() + 1) {
        sim::announce(event_kind::write_unlock, sem, where);
        rule_broken("unbalanced_unlock", fmt::format("{} releases {} which it does not hold for writing",
                                                     name_of_object(this_task()), name_of_object(sem)), where);
    }
    sem->writer = 0;
    sem->activity = 0;
    --this_task()->locks_held;
    emit(event_kind::write_unlock, sem, 0, where);
    grant(sem);
}

void lockdep_assert_held(const rw_semaphore *sem, place where)
{
    if (sem->waiting != 0)
        sim::announce_access(sem, sizeof *sem, false, where);
    unsigned self = sim::current_task();
    if (sem->reads[self] == 0 && sem->writer != self + 1)
        rule_broken("lock_not_held", fmt::format("{} is in {} without {}", name_of_object(this_task()), where.function(),
                                                 name_of_object(sem)), where);
}

} // namespace kernel
