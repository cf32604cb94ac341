// Ending a daemon.
#include "scenarios/crew.hpp"

#include "sim/choose.hpp"
#include "sim/fault.hpp"

namespace interfuse {

crew *make_crew()
{
    return static_cast<crew *>(sim::allocate(sizeof(crew)));
}

void crew::add(task_struct *task)
{
    sim::require(count < tasks.size(), "a daemon has more tasks than a crew has room for");
    tasks[count++] = task;
}

static void signal_all(const crew &daemon, int sig)
{
    for (unsigned i = 0; i < daemon.count; ++i)
        kernel::sys_kill(daemon.tasks[i], sig);
}

void close_device(const mount &m, const crew &daemon, closing how)
{
    if (how == closing::either)
        how = sim::choose(sim::choice_kind::behaviour, 2) == 0 ? closing::kill : closing::close;
    if (how == closing::kill) {
        signal_all(daemon, SIGKILL);
        return;
    }
    kernel::sys_close(m.device);
    if (how == closing::close)
        signal_all(daemon, SIGUSR1);
}

} // namespace interfuse
