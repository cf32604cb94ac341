// The disturbing actors.
#include "scenarios/disturbances.hpp"

#include "sim/kernel/kobject.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

task_struct *start_killer(const char *name, task_struct *victim, int sig)
{
    return spawn(name, {}, [victim, sig] { kernel::sys_kill(victim, sig); });
}

task_struct *start_aborter(const char *name, const mount &m)
{
    // An open attribute holds a reference to its kernel object.
    kernel::kobject_get(&m.fc->kobj);
    return spawn(name, {}, [m] {
        kernel::in_syscall("write abort", [&]() -> long { return fuse::fuse_conn_abort_store(m.fc, "1", 1); });
        kernel::in_syscall("close abort", [&]() -> long {
            kernel::kobject_put(&m.fc->kobj);
            return 0;
        });
    });
}

task_struct *start_unmounter(const char *name, const mount &m, kernel::umount_flags flags)
{
    return spawn(name, {}, [m, flags] {
        kernel::in_syscall("umount", [&]() -> long { return kernel::umount(m.number, flags); });
    });
}

task_struct *start_shrinker(const char *name, const mount &m, const char *of)
{
    return spawn(name, {}, [m, of] { kernel::shrink_name(m.number, of); });
}

} // namespace interfuse
