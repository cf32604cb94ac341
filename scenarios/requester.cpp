// The requesters' loops.
#include "scenarios/requester.hpp"

#include "sim/fault.hpp"
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

task_struct *start_creator(const char *name, const mount &m, const char *file)
{
    return spawn(name, make_process(), [m, file] {
        long fd = kernel::sys_create(m.number, file);
        if (fd >= 0 && !kernel::killed())
            kernel::sys_close(static_cast<int>(fd));
    });
}

task_struct *start_unlinker(const char *name, const mount &m, const char *file)
{
    return spawn(name, {}, [m, file] { kernel::sys_unlink(m.number, file); });
}

task_struct *start_renamer(const char *name, const mount &m, const char *from, const char *to)
{
    return spawn(name, {}, [m, from, to] { kernel::sys_rename(m.number, from, to); });
}

task_struct *start_linker(const char *name, const mount &m, const char *file, const char *as)
{
    return spawn(name, {}, [m, file, as] { kernel::sys_link(m.number, file, as); });
}

task_struct *start_attribute_setter(const char *name, const mount &m, const char *file, std::size_t value_bytes)
{
    static constexpr char value[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    sim::require(value_bytes < sizeof value, "an attribute's value is longer than its requester has bytes for");
    return spawn(name, {}, [m, file, value_bytes] {
        kernel::sys_setxattr(m.number, file, "user.colour", value, value_bytes);
    });
}

task_struct *start_syncer(const char *name, const open_file &file)
{
    return spawn(name, file.of, [fd = file.fd] { kernel::sys_fsync(fd); });
}

} // namespace interfuse
