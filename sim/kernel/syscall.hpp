// MODELLED: the system call boundary and the files of a process. User space enters the kernel through here alone.
#pragma once

#include <array>
#include <cerrno>
#include <cstdint>

#include "sim/kernel/errno.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/sched.hpp"

namespace kernel {

inline constexpr unsigned files_max = 8;

struct files_struct {
    atomic_t users; // tasks
    std::array<file *, files_max> fd;
};

// A table with no task using it yet; make_task_struct counts its users.
files_struct *make_files();
// Takes over the caller's reference; returns the descriptor.
int install_fd(files_struct *files, file *filp);

// The boundary: between the two the task is in the kernel. The end checks that nothing is held (locks, spinlocks,
// atomic kmaps), delivers signals and turns ERESTARTSYS into EINTR; a task whose SIGKILL was delivered must leave.
void syscall_enter(const char *name, place where = place::here());
long syscall_exit(long result, place where = place::here());

template <typename Body> long in_syscall(const char *name, Body body, place where = place::here())
{
    syscall_enter(name, where);
    return syscall_exit(body(), where);
}

// The file behind a descriptor of the calling task with a reference, or null.
file *fget(int fd, const place &where);

// Runs a system call on a file, with a reference to it. -EBADF for a descriptor that is not open.
template <typename Body>
long on_file(const char *name, int fd, const place &where, Body body, const file_call &call = {})
{
    return in_syscall(name, [&]() -> long {
        current->call = call;
        file *filp = fget(fd, where);
        if (filp == nullptr)
            return -EBADF;
        long result = body(filp);
        fput(filp, where);
        return result;
    }, where);
}

// System calls on descriptors of the calling task. Each holds a reference to the file while it runs. -EBADF for a
// descriptor that is not open.
long sys_read(int fd, std::uintptr_t buffer, size_t bytes);
long sys_write(int fd, std::uintptr_t buffer, size_t bytes);
long sys_readv(int fd, const iovec *segments, unsigned long count);
long sys_writev(int fd, const iovec *segments, unsigned long count);
// At an offset of a file of a file system.
long sys_pread(int fd, std::uintptr_t buffer, size_t bytes, loff_t offset);
long sys_pwrite(int fd, std::uintptr_t buffer, size_t bytes, loff_t offset);
// The events that are ready, waiting for some of `events` or an error if `wait`.
long sys_poll(int fd, short events, bool wait);
long sys_fasync(int fd, bool on);
long sys_set_nonblock(int fd, bool on);
long sys_fsync(int fd);
long sys_close(int fd);
long sys_kill(task_struct *task, int sig);

// The end of a process's thread: the last one closes the files and unmaps the memory.
void exit_task();
// True when SIGKILL was delivered to the calling task: user space must stop at once.
bool killed();

} // namespace kernel
