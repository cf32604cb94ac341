// The system call boundary, and the system calls of a process on its descriptors.
#include "sim/kernel/syscall.hpp"

#include <fmt/format.h>

#include "sim/fault.hpp"
#include "sim/happens_before.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/kernel/uio.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::name_of_object;

void syscall_enter(const char *name, place where)
{
    task_struct *self = this_task();
    self->in_syscall = true;
    ++sim::the_run.syscalls[self->index];
    self->syscall_name = name;
    self->call = {};
    emit(event_kind::syscall, name, 0, where);
}

static void check_nothing_held(const task_struct *self, const place &where)
{
    const char *held = nullptr;
    if (self->kmap[0] != nullptr || self->kmap[1] != nullptr)
        held = "an atomic kmap";
    else if (self->preempt_count != 0)
        held = "a spinlock";
    else if (self->locks_held != 0)
        held = "a mutex or rw_semaphore";
    else if (self->lock_depth >= 0)
        held = "the big kernel lock";
    if (held != nullptr)
        rule_broken("held_at_syscall_end", fmt::format("{} returns to user space from {} with {} held",
                                                       name_of_object(self), self->syscall_name, held), where);
    if (self->state != TASK_RUNNING)
        rule_broken("asleep_at_syscall_end", fmt::format("{} returns to user space from {} in a sleeping state",
                                                         name_of_object(self), self->syscall_name), where);
}

// A handler runs, or the task dies; either way the signals are no longer pending.
static void deliver_signals(task_struct *self, const place &where)
{
    std::uint64_t due = self->pending.bits & ~self->blocked.bits;
    if (due == 0)
        return;
    self->killed = self->killed || (due & sigmask(SIGKILL)) != 0;
    self->pending.bits &= ~due;
    emit(event_kind::signal_deliver, self, self->killed, where);
}

long syscall_exit(long result, place where)
{
    task_struct *self = this_task();
    check_nothing_held(self, where);
    self->in_syscall = false;
    emit(event_kind::syscall_end, self->syscall_name, static_cast<std::uint64_t>(result), where);
    self->call = {};
    self->syscall_name = nullptr;
    sim::point_before_operation();
    deliver_signals(self, where);
    return result == -ERESTARTSYS ? -EINTR : result;
}

bool killed()
{
    task_struct *self = this_task();
    return self->killed || (self->pending.bits & sigmask(SIGKILL)) != 0;
}

files_struct *make_files()
{
    return static_cast<files_struct *>(sim::allocate(sizeof(files_struct)));
}

int install_fd(files_struct *files, file *filp)
{
    for (unsigned fd = 0; fd < files_max; ++fd) {
        if (files->fd[fd] != nullptr)
            continue;
        files->fd[fd] = filp;
        sim::release(&filp->f_count);
        return static_cast<int>(fd);
    }
    sim::internal_error("a process opens more files than a world has room for");
}

// The file behind a descriptor, null if it is not open.
static file *lookup_fd(int fd)
{
    if (fd < 0 || static_cast<unsigned>(fd) >= files_max)
        return nullptr;
    return this_task()->files->fd[static_cast<unsigned>(fd)];
}

file *fget(int fd, const place &where)
{
    // files->file_lock: finding the file and taking the reference are one operation.
    sim::point_before_operation();
    file *filp = lookup_fd(fd);
    if (filp == nullptr)
        return nullptr;
    this_task()->call.filp = filp;
    emit(event_kind::ref_get, &filp->f_count, static_cast<std::uint64_t>(count_reference(&filp->f_count)), where);
    return filp;
}

// What read and write may return: a negative error number, or at most the bytes asked for.
static long checked_result(long result, size_t bytes, const place &where)
{
    bool is_error = result < 0 && result >= -4095;
    bool is_count = result >= 0 && static_cast<size_t>(result) <= bytes;
    if (!is_error && !is_count)
        rule_broken("syscall_result", fmt::format("{} returns {} to {}, which asked for {} bytes",
                                                  this_task()->syscall_name, result, name_of_object(this_task()),
                                                  bytes), where);
    return result;
}

static long read_file(int fd, std::uintptr_t buffer, size_t bytes, loff_t offset, const place &where)
{
    iovec segment = {reinterpret_cast<void *>(buffer), bytes};
    return on_file("read", fd, where, [&](file *filp) -> long {
        if (filp->f_op->read == nullptr)
            return -EINVAL;
        long result = filp->f_op->read(filp, reinterpret_cast<char *>(buffer), bytes, &offset);
        return checked_result(result, bytes, where);
    }, {nullptr, &segment, 1, bytes, 0});
}

static long write_file(int fd, std::uintptr_t buffer, size_t bytes, loff_t offset, const place &where)
{
    iovec segment = {reinterpret_cast<void *>(buffer), bytes};
    return on_file("write", fd, where, [&](file *filp) -> long {
        if (filp->f_op->write == nullptr)
            return -EINVAL;
        long result = filp->f_op->write(filp, reinterpret_cast<const char *>(buffer), bytes, &offset);
        return checked_result(result, bytes, where);
    }, {nullptr, &segment, 1, bytes, 0});
}

long sys_read(int fd, std::uintptr_t buffer, size_t bytes)
{
    return read_file(fd, buffer, bytes, 0, place::here());
}

long sys_write(int fd, std::uintptr_t buffer, size_t bytes)
{
    return write_file(fd, buffer, bytes, 0, place::here());
}

long sys_pread(int fd, std::uintptr_t buffer, size_t bytes, loff_t offset)
{
    return read_file(fd, buffer, bytes, offset, place::here());
}

long sys_pwrite(int fd, std::uintptr_t buffer, size_t bytes, loff_t offset)
{
    return write_file(fd, buffer, bytes, offset, place::here());
}

long sys_readv(int fd, const iovec *segments, unsigned long count)
{
    place where = place::here();
    return on_file("readv", fd, where, [&](file *filp) {
        loff_t offset = 0;
        long result = filp->f_op->readv(filp, segments, count, &offset);
        return checked_result(result, iov_length(segments, count), where);
    }, {nullptr, segments, count, iov_length(segments, count), 0});
}

long sys_writev(int fd, const iovec *segments, unsigned long count)
{
    place where = place::here();
    return on_file("writev", fd, where, [&](file *filp) {
        loff_t offset = 0;
        long result = filp->f_op->writev(filp, segments, count, &offset);
        return checked_result(result, iov_length(segments, count), where);
    }, {nullptr, segments, count, iov_length(segments, count), 0});
}

// do_poll: registers on the first round, then sleeps until an event or a signal.
static long poll_file(file *filp, short events, bool wait, const place &where)
{
    poll_table table = {};
    poll_table *registering = wait ? &table : nullptr;
    long result = 0;
    for (;;) {
        if (wait)
            set_current_state(TASK_INTERRUPTIBLE, where);
        auto ready = static_cast<short>(filp->f_op->poll(filp, registering));
        registering = nullptr;
        result = ready & (events | POLLERR | POLLHUP);
        if (result != 0 || !wait)
            break;
        if (signal_pending(this_task(), where)) {
            result = -EINTR;
            break;
        }
        this_task()->sleeps_on = table.used > 0 ? static_cast<const void *>(table.queues[0]) : filp;
        schedule(where);
    }
    this_task()->sleeps_on = nullptr;
    if (wait)
        set_current_state(TASK_RUNNING, where);
    for (unsigned i = 0; i < table.used; ++i)
        remove_wait_queue(table.queues[i], &table.entries[i], where);
    return result;
}

long sys_poll(int fd, short events, bool wait)
{
    place where = place::here();
    return on_file("poll", fd, where, [&](file *filp) { return poll_file(filp, events, wait, where); },
                   {nullptr, nullptr, 0, 0, events});
}

long sys_fasync(int fd, bool on)
{
    place where = place::here();
    return on_file("fcntl", fd, where, [&](file *filp) -> long {
        if (filp->f_op->fasync == nullptr)
            return -EINVAL;
        if (on)
            filp->f_owner = this_task();
        long err = filp->f_op->fasync(fd, filp, on);
        return err < 0 ? err : 0;
    });
}

long sys_set_nonblock(int fd, bool on)
{
    place where = place::here();
    return on_file("fcntl", fd, where, [&](file *filp) -> long {
        filp->f_flags = on ? filp->f_flags | O_NONBLOCK : filp->f_flags & ~static_cast<unsigned>(O_NONBLOCK);
        return 0;
    });
}

long sys_fsync(int fd)
{
    place where = place::here();
    return on_file("fsync", fd, where, [&](file *filp) -> long {
        if (filp->f_op->fsync == nullptr)
            return -EINVAL;
        mutex_lock(&filp->f_inode->i_mutex, where);
        long err = filp->f_op->fsync(filp, filp->f_dentry, 0);
        mutex_unlock(&filp->f_inode->i_mutex, where);
        return err;
    });
}

static long close_fd(int fd, const place &where)
{
    sim::point_before_operation();
    file *filp = lookup_fd(fd);
    if (filp == nullptr)
        return -EBADF;
    this_task()->files->fd[static_cast<unsigned>(fd)] = nullptr;
    long err = filp->f_op->flush != nullptr ? filp->f_op->flush(filp) : 0;
    fput(filp, where);
    return err;
}

long sys_close(int fd)
{
    place where = place::here();
    return in_syscall("close", [&] { return close_fd(fd, where); });
}

long sys_kill(task_struct *task, int sig)
{
    place where = place::here();
    return in_syscall("kill", [&]() -> long {
        send_sig(sig, task, where);
        return 0;
    });
}

void exit_task()
{
    place where = place::here();
    in_syscall("exit", [&]() -> long {
        task_struct *self = this_task();
        sim::point_before_operation();
        files_struct *files = self->files;
        sim::acquire_and_release(files);
        sim::acquire_and_release(self->mm);
        if (files != nullptr && count_reference(&files->users, -1) == 0)
            for (unsigned fd = 0; fd < files_max; ++fd)
                if (files->fd[fd] != nullptr)
                    close_fd(static_cast<int>(fd), where);
        if (self->mm != nullptr && count_reference(&self->mm->users, -1) == 0)
            unmap_all(self->mm);
        return 0;
    });
}

} // namespace kernel
