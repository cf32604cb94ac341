// The requesters' loops.
#include "scenarios/requester.hpp"

#include "sim/kernel/namei.hpp"

namespace interfuse {

task_struct *start_looker(const char *name, const mount &m, const char *file, int times)
{
    return spawn(name, {}, [m, file, times] {
        for (int i = 0; i < times && !kernel::killed(); ++i)
            kernel::sys_stat(m.number, file);
    });
}

task_struct *start_getter(const char *name, const mount &m)
{
    return spawn(name, {}, [m] { kernel::sys_stat_root(m.number); });
}

task_struct *start_opener(const char *name, const mount &m, const char *file)
{
    return spawn(name, make_process(), [m, file] {
        long fd = kernel::sys_open(m.number, file);
        if (fd >= 0 && !kernel::killed())
            kernel::sys_close(static_cast<int>(fd));
    });
}

} // namespace interfuse
