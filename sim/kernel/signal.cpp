// Signals.
#include "sim/kernel/signal.hpp"

#include "sim/kernel/sched.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/run.hpp"

namespace kernel {

static std::uint64_t deliverable(const task_struct *task)
{
    return task->pending.bits & ~task->blocked.bits;
}

int sigprocmask(int how, const sigset_t *set, sigset_t *oldset, place where)
{
    // The mask is the task's own, but a sender looks at it to decide whether to wake: an operation others observe.
    sim::point_before_operation();
    task_struct *self = this_task();
    sigset_t before = self->blocked;
    if (how == SIG_BLOCK)
        self->blocked.bits |= set->bits;
    else if (how == SIG_UNBLOCK)
        self->blocked.bits &= ~set->bits;
    else
        self->blocked = *set;
    if (oldset != nullptr)
        *oldset = before;
    sim::emit(sim::event_kind::signal_mask, self, self->blocked.bits != 0, where);
    return 0;
}

bool signal_pending(const task_struct *task, place where)
{
    sim::point_before_operation();
    bool pending = deliverable(task) != 0;
    sim::emit(sim::event_kind::signal_pending, task, pending, where);
    return pending;
}

void send_sig(int sig, task_struct *task, place where)
{
    sim::point_before_operation();
    raise_sig(sig, task, where);
}

void raise_sig(int sig, task_struct *task, const place &where)
{
    if (sim::the_world().tasks[task->index].status == sim::task_status::ended)
        return;
    task->pending.bits |= sigmask(sig);
    sim::emit(sim::event_kind::signal_send, task, static_cast<std::uint64_t>(sig), where);
    if (deliverable(task) != 0 && wake_up_state(task, TASK_INTERRUPTIBLE))
        sim::emit(sim::event_kind::wake, task, 0, where);
}

} // namespace kernel
