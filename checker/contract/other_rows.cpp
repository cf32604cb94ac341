// poll, fasync, llseek and release on the device.
#include <poll.h>

#include "checker/contract/play.hpp"
#include "sim/kernel/syscall.hpp"

namespace interfuse::contract {

static constexpr short every_event = POLLIN | POLLOUT | POLLRDNORM | POLLWRNORM;
static constexpr long writable = POLLOUT | POLLWRNORM;

static long poll_now(const play &p)
{
    return kernel::sys_poll(p.m.device, every_event, false);
}

static kernel::file *file_of(int fd)
{
    return kernel::current->files->fd[static_cast<unsigned>(fd)];
}

static long release_of(int fd)
{
    kernel::file *filp = file_of(fd);
    return filp->f_op->release(nullptr, filp);
}

static const row rows[] = {
    {"poll", "no connection", POLLERR, fate::none, not_asked, asks::nobody,
     [](const play &p) { return kernel::sys_poll(p.bare, every_event, false); }},
    {"poll", "not connected", POLLERR, fate::none, not_asked, asks::nobody, poll_now, init::answered, abort_connection},
    {"poll", "connected, nothing pending", writable, fate::none, not_asked, asks::nobody, poll_now},
    {"poll", "connected, a request pending", writable | POLLIN | POLLRDNORM, fate::pending, -ECONNABORTED, asks::lookup,
     poll_now},
    {"poll", "connected, a request with the daemon", writable, fate::sent, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         take(p);
         return poll_now(p);
     }},
    {"poll", "the connection dies while it sleeps", POLLERR, fate::none, not_asked, asks::nobody,
     [](const play &p) { return kernel::sys_poll(p.m.device, POLLIN, true); }, init::answered, nullptr, abort_connection},
    {"fasync", "no connection", -ENODEV, fate::none, not_asked, asks::nobody,
     [](const play &p) { return kernel::sys_fasync(p.bare, true); }},
    {"fasync", "a connection", 0, fate::none, not_asked, asks::nobody,
     [](const play &p) { return kernel::sys_fasync(p.m.device, true); }},
    {"llseek", "always", -ESPIPE, fate::none, not_asked, asks::nobody,
     [](const play &p) { return static_cast<long>(file_of(p.m.device)->f_op->llseek(file_of(p.m.device), 0, 0)); }},
    {"release", "no connection", 0, fate::none, not_asked, asks::nobody,
     [](const play &p) { return kernel::in_syscall("close", [&] { return release_of(p.bare); }); }},
    {"close", "a connection with a request pending", 0, fate::over, -ECONNABORTED, asks::lookup,
     [](const play &p) { return kernel::sys_close(p.m.device); }},
};

std::span<const row> other_rows()
{
    return rows;
}

} // namespace interfuse::contract
