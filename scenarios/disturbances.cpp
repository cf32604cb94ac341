// The disturbing actors.
#include "scenarios/disturbances.hpp"

#include <array>

#include "sim/kernel/kobject.hpp"
#include "sim/kernel/mmap.hpp"
#include "sim/kernel/namei.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

// Where every schedule is tried, waiting adds none.
void wait_for(pace when)
{
    constexpr std::array<unsigned, 8> points = {0, 1, 4, 12, 30, 80, 200, 400};
    if (when == pace::any_time || sim::the_run.stepwise)
        return;
    for (unsigned left = points[sim::choose(sim::choice_kind::behaviour, points.size())]; left > 0; --left)
        sim::point();
}

task_struct *start_killer(const char *name, task_struct *victim, int sig, pace when)
{
    return spawn(name, {}, [victim, sig, when] {
        wait_for(when);
        kernel::sys_kill(victim, sig);
    });
}

// A lambda, as the aborter's body was when traces were recorded: they hold the function's name.
static constexpr auto write_abort = [](fuse::fuse_conn *fc) {
    kernel::in_syscall("write abort", [&]() -> long { return fuse::fuse_conn_abort_store(fc, "1", 1); });
    kernel::in_syscall("close abort", [&]() -> long {
        kernel::kobject_put(&fc->kobj);
        return 0;
    });
};

task_struct *start_insistent_killer(const char *name, task_struct *victim, int sig)
{
    return spawn(name, {}, [victim, sig] {
        wait_for(pace::patient);
        kernel::sys_kill(victim, SIGKILL);
        kernel::sys_kill(victim, sig);
    });
}

task_struct *start_aborter(const char *name, const mount &m, pace when)
{
    // An open attribute holds a reference to its kernel object.
    kernel::kobject_get(&m.fc->kobj);
    return spawn(name, {}, [m, when] {
        wait_for(when);
        write_abort(m.fc);
    });
}

task_struct *start_aborter_of_device(const char *name, process of, int device)
{
    return spawn(name, of, [file = of.files->fd[static_cast<unsigned>(device)]] {
        wait_for(pace::patient);
        // The open device keeps the connection.
        auto fc = static_cast<fuse::fuse_conn *>(file->private_data.peek());
        if (fc == nullptr)
            return;
        kernel::in_syscall("open abort", [&]() -> long {
            kernel::kobject_get(&fc->kobj);
            return 0;
        });
        write_abort(fc);
    });
}

task_struct *start_device_closer(const char *name, process of, int device)
{
    return spawn(name, of, [device, file = of.files->fd[static_cast<unsigned>(device)]] {
        wait_for(pace::patient);
        if (file->private_data.peek() != nullptr)
            kernel::sys_close(device);
    });
}

task_struct *start_watcher(const char *name, const mount &m)
{
    kernel::kobject_get(&m.fc->kobj);
    return spawn(name, {}, [m] {
        kernel::in_syscall("read waiting", [&]() -> long { return fuse::fuse_conn_waiting_show(m.fc); });
        kernel::in_syscall("close waiting", [&]() -> long {
            kernel::kobject_put(&m.fc->kobj);
            return 0;
        });
    });
}

task_struct *start_mounter(const char *name, process of, int device)
{
    return spawn(name, of, [file = of.files->fd[static_cast<unsigned>(device)]] {
        kernel::in_syscall("mount", [&]() -> long { return mount_device(file, {}).err; });
    });
}

task_struct *start_unmounter(const char *name, const mount &m, kernel::umount_flags flags, pace when)
{
    return spawn(name, {}, [m, flags, when] {
        wait_for(when);
        kernel::in_syscall("umount", [&]() -> long { return kernel::umount(m.number, flags); });
    });
}

task_struct *start_shrinker(const char *name, const mount &m, const char *of, pace when)
{
    return spawn(name, {}, [m, of, when] {
        wait_for(when);
        kernel::shrink_name(m.number, of);
    });
}

task_struct *start_file_closer(const char *name, const open_file &file, pace when)
{
    return spawn(name, file.of, [fd = file.fd, when] {
        wait_for(when);
        kernel::sys_close(fd);
    });
}

task_struct *start_forgetter(const char *name, const mount &m, const char *of)
{
    return spawn(name, {}, [m, of] {
        kernel::sys_stat(m.number, of);
        kernel::shrink_name(m.number, of);
    });
}

task_struct *start_closer(const char *name, const mount &m, const crew *daemon, closing how, pace when)
{
    return spawn(name, m.daemon, [m, daemon, how, when] {
        wait_for(when);
        close_device(m, *daemon, how);
    });
}

task_struct *start_poller(const char *name, const mount &m)
{
    task_struct *task = spawn(name, m.daemon, [m] {
        constexpr unsigned polls = 2;
        kernel::sys_fasync(m.device, true);
        for (unsigned i = 0; i < polls && !kernel::killed(); ++i) {
            rest_on(m.fc);
            kernel::sys_poll(m.device, POLLIN, true);
            rest_on(nullptr);
        }
        if (!kernel::killed())
            kernel::sys_fasync(m.device, false);
    });
    kill_at_teardown(task);
    return task;
}

task_struct *start_failures(const char *name)
{
    postpone_failures();
    return spawn(name, {}, [] {
        wait_for(pace::patient);
        begin_failures();
    });
}

task_struct *start_mapper(const char *name, const mount &m)
{
    std::uintptr_t own = kernel::map_user_pages(m.daemon.mm, 1);
    return spawn(name, m.daemon, [own] {
        kernel::sys_munmap(own, 1);
        kernel::sys_mmap(own, 1);
    });
}

} // namespace interfuse
