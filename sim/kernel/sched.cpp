// Tasks and schedule().
#include "sim/kernel/sched.hpp"

#include <string_view>

#include <fmt/format.h>

#include "sim/happens_before.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/held_spinlocks.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace kernel {

using sim::name_of_object;

task_struct *get_current()
{
    return task_of(sim::current_task());
}

task_struct *make_task_struct(unsigned index, files_struct *files, mm_struct *mm)
{
    auto *task = static_cast<task_struct *>(sim::allocate(sizeof(task_struct)));
    task->index = index;
    task->pid = static_cast<pid_t>(index + 100);
    task->fsuid = 1000;
    task->fsgid = 1000;
    task->files = files;
    task->mm = mm;
    task->lock_depth = -1;
    if (files != nullptr)
        count_reference(&files->users);
    if (mm != nullptr)
        count_reference(&mm->users);
    sim::the_world().tasks[index].extension = task;
    return task;
}

void set_current_state(long state, place where)
{
    sim::point_before_operation();
    this_task()->state = state;
    sim::emit(sim::event_kind::task_state, this_task(), static_cast<std::uint64_t>(state), where);
}

[[gnu::cold]] static void report_sleep(const task_struct *self, const char *callee, const place &where)
{
    bool mapped = self->kmap[0] != nullptr || self->kmap[1] != nullptr;
    bool direct = std::string_view(callee) == where.function();
    std::string what = mapped   ? fmt::format("{} while it holds an atomic kmap", where.function())
                       : direct ? fmt::format("{} while it holds {}", callee, text_of_spinlocks(self))
                                : fmt::format("{}, called by {}, while it holds {}", callee, where.function(),
                                              text_of_spinlocks(self));
    rule_broken("sleep_in_atomic", fmt::format("{} may sleep in {}", name_of_object(self), what), where);
}

void might_sleep(place where, const char *callee)
{
    const task_struct *self = this_task();
    if (self->preempt_count != 0) [[unlikely]]
        report_sleep(self, callee, where);
}

// What a task knows of whoever has woken it, when it is asleep or on its way there: the lock of the run queue.
static const void *wake_order(const task_struct *task)
{
    return &task->index;
}

void deactivate(task_struct *self, const char *why, const void *object, const place &where)
{
    int depth = self->lock_depth;
    if (depth >= 0)
        release_kernel_lock(self);
    self->sleeps_at = where;
    sim::emit(sim::event_kind::sleep, object, static_cast<std::uint64_t>(self->state), where);
    sim::block(why, object);
    self->sleeps_at = {};
    sim::acquire(wake_order(self));
    if (depth >= 0)
        reacquire_kernel_lock(self, depth);
}

void schedule(place where)
{
    might_sleep(where);
    sim::point();
    task_struct *self = this_task();
    sim::emit(sim::event_kind::schedule, self->sleeps_on, static_cast<std::uint64_t>(self->state), where);
    if (self->state == TASK_INTERRUPTIBLE && (self->pending.bits & ~self->blocked.bits) != 0)
        self->state = TASK_RUNNING;
    if (self->state == TASK_RUNNING) {
        sim::acquire(wake_order(self));
        return;
    }
    deactivate(self, self->state == TASK_INTERRUPTIBLE ? "interruptible" : "uninterruptible", self->sleeps_on, where);
}

bool wake_up_state(task_struct *task, long mask)
{
    if ((task->state & mask) == 0)
        return false;
    task->state = TASK_RUNNING;
    sim::release(wake_order(task));
    if (sim::the_world().tasks[task->index].waiting_why != waiting_for_spinlock)
        sim::make_runnable(task->index);
    return true;
}

void sleep_uninterruptible(const char *why, const void *object, place where)
{
    might_sleep(where);
    this_task()->state = TASK_UNINTERRUPTIBLE;
    deactivate(this_task(), why, object, where);
}

} // namespace kernel
