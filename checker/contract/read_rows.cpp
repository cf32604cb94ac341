// read and readv on the device.
#include "checker/contract/play.hpp"
#include "sim/kernel/syscall.hpp"

namespace interfuse::contract {

using kernel::sys_read;

static long read_all(const play &p)
{
    return sys_read(p.m.device, p.in, 4 * kernel::PAGE_SIZE);
}

static long read_short(const play &p)
{
    set_nonblock(p);
    return sys_read(p.m.device, p.in, lookup_bytes - 1);
}

// SETXATTR needs its file: a lookup comes first, and is answered.
static long read_short_for_setxattr(const play &p)
{
    reply_entry(p, take(p));
    return read_short(p);
}

// The end of another call would deliver the signal.
static long read_with_signal(const play &p)
{
    return kernel::in_syscall("outer", [&]() -> long {
        signal_self();
        char *buffer = reinterpret_cast<char *>(p.in);
        kernel::file *filp = kernel::current->files->fd[static_cast<unsigned>(p.m.device)];
        return filp->f_op->read(filp, buffer, 100, nullptr);
    });
}

static const row rows[] = {
    {"read", "no connection", -EPERM, fate::none, not_asked, asks::nobody,
     [](const play &p) { return sys_read(p.bare, p.in, 100); }},
    {"read", "O_NONBLOCK, connected and nothing pending", -EAGAIN, fate::none, not_asked, asks::nobody,
     [](const play &p) {
         set_nonblock(p);
         return read_all(p);
     }},
    {"read", "O_NONBLOCK, a signal and nothing pending", -EAGAIN, fate::none, not_asked, asks::nobody,
     [](const play &p) {
         set_nonblock(p);
         return read_with_signal(p);
     }},
    {"read", "not connected", -ENODEV, fate::none, not_asked, asks::nobody, read_all, init::answered, abort_connection},
    {"read", "not connected, O_NONBLOCK and a signal", -ENODEV, fate::none, not_asked, asks::nobody,
     [](const play &p) {
         set_nonblock(p);
         return read_with_signal(p);
     },
     init::answered, abort_connection},
    {"read", "the connection dies while it sleeps", -ENODEV, fate::none, not_asked, asks::nobody, read_all,
     init::answered, nullptr, abort_connection},
    {"read", "a signal while it sleeps, nothing pending", -EINTR, fate::none, not_asked, asks::nobody, read_all,
     init::answered, nullptr, [](const play &) { kernel::send_sig(SIGUSR1, kernel::task_of(1)); }},
    {"read", "a signal, and a request is pending: it is read", static_cast<long>(lookup_bytes), fate::sent,
     -ECONNABORTED, asks::lookup, read_with_signal},
    {"read", "a bad address for the header", -EFAULT, fate::over, -EIO, asks::lookup,
     [](const play &p) { return sys_read(p.m.device, p.brink, 100); }},
    {"read", "a bad address for the arguments", -EFAULT, fate::over, -EIO, asks::lookup,
     [](const play &p) { return sys_read(p.m.device, p.brink - sizeof(kernel::fuse::fuse_in_header), 100); }},
    {"read", "interrupted while it is copied", -ENOENT, fate::over, -EINTR, asks::lookup, read_over_edge,
     init::answered, nullptr, nullptr, kill_meanwhile},
    {"read", "aborted while it is copied", -ENOENT, fate::over, -ECONNABORTED, asks::lookup, read_over_edge,
     init::answered, nullptr, nullptr, abort_meanwhile},
    {"read", "the buffer is too short for the request: the read goes on", -EAGAIN, fate::over, -EIO, asks::lookup,
     read_short},
    {"read", "the buffer is too short for SETXATTR: the read goes on", -EAGAIN, fate::over, -E2BIG, asks::setxattr,
     read_short_for_setxattr},
    {"read", "success: in.h.len", static_cast<long>(lookup_bytes), fate::sent, -ECONNABORTED, asks::lookup, read_all},
    {"read", "two requests are pending: the one that was sent first", static_cast<long>(background_bytes),
     fate::pending, -ECONNABORTED, asks::lookup, read_all, init::answered, send_another},
    {"readv", "no connection", -EPERM, fate::none, not_asked, asks::nobody,
     [](const play &p) {
         iovec segment{reinterpret_cast<void *>(p.in), 100};
         return kernel::sys_readv(p.bare, &segment, 1);
     }},
    {"readv", "a bad address in the second segment", -EFAULT, fate::over, -EIO, asks::lookup,
     [](const play &p) {
         iovec segments[] = {{reinterpret_cast<void *>(p.in), 7}, {reinterpret_cast<void *>(p.brink), 100}};
         return kernel::sys_readv(p.m.device, segments, 2);
     }},
    {"readv", "success over two segments", static_cast<long>(lookup_bytes), fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         iovec segments[] = {{reinterpret_cast<void *>(p.in), 7}, {reinterpret_cast<void *>(p.out), 100}};
         return kernel::sys_readv(p.m.device, segments, 2);
     }},
};

std::span<const row> read_rows()
{
    return rows;
}

} // namespace interfuse::contract
