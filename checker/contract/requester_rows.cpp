// fuse_get_request and request_send. The call is the daemon's, and of no interest: what counts is the requester.
#include "checker/contract/play.hpp"
#include "sim/kernel/syscall.hpp"

namespace interfuse::contract {

static long in_kill(const play &p, int sig)
{
    return kernel::in_syscall("kill", [&]() -> long {
        kernel::send_sig(sig, p.requester);
        return 0;
    });
}

static const row rows[] = {
    {"request_send", "not connected", 0, fate::over, -ENOTCONN, asks::lookup, do_nothing, init::answered,
     abort_connection},
    {"request_send", "INIT was refused", 0, fate::over, -ECONNREFUSED, asks::lookup, do_nothing, init::refused},
    {"request_send", "INIT was refused and the connection is dead: that comes first", 0, fate::over, -ENOTCONN,
     asks::lookup, do_nothing, init::refused, abort_connection},
    {"request_send", "SIGKILL while it is pending", 0, fate::over, -EINTR, asks::lookup,
     [](const play &p) { return in_kill(p, SIGKILL); }},
    {"request_send", "SIGKILL while the daemon has it", 0, fate::sent, -EINTR, asks::lookup,
     [](const play &p) {
         take(p);
         return in_kill(p, SIGKILL);
     }},
    {"request_send", "another signal: it waits on", static_cast<long>(entry_bytes), fate::over, 0, asks::lookup,
     [](const play &p) {
         std::uint64_t unique = take(p);
         in_kill(p, SIGUSR1);
         return reply_entry(p, unique);
     }},
    {"request_send", "aborted while it is pending", 0, fate::over, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         return kernel::in_syscall("abort", [&]() -> long {
             abort_connection(p);
             return 0;
         });
     }},
    {"request_send", "aborted while the daemon has it", 0, fate::over, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         take(p);
         return kernel::in_syscall("abort", [&]() -> long {
             abort_connection(p);
             return 0;
         });
     }},
    {"request_send", "the device is closed while the daemon has it", 0, fate::over, -ECONNABORTED, asks::lookup,
     [](const play &p) {
         take(p);
         return kernel::sys_close(p.m.device);
     }},
    {"request_send", "the device is closed while it is read: the read ends first", static_cast<long>(lookup_bytes),
     fate::over, -ECONNABORTED, asks::lookup, read_over_edge, init::answered, nullptr, close_meanwhile, wait_for_other},
    {"request_send", "the device is closed while its reply is copied: the write ends first",
     static_cast<long>(entry_bytes), fate::over, -ENOENT, asks::lookup,
     [](const play &p) { return reply_from(p, p.edge, entry_bytes); }, init::answered, nullptr, close_meanwhile,
     wait_for_other},
    {"fuse_get_request", "SIGKILL while the pool is exhausted", 0, fate::over, -EINTR, asks::lookup,
     [](const play &p) { return in_kill(p, SIGKILL); }, init::answered, exhaust_pool},
    {"fuse_get_request", "another signal while the pool is exhausted: it waits on", 16, fate::pending, -ECONNABORTED,
     asks::lookup,
     [](const play &p) {
         in_kill(p, SIGUSR1);
         return reply_error(p, take(p), -EIO);
     },
     init::answered, exhaust_pool},
    {"fuse_get_request", "the pool is exhausted: another request is answered", 16, fate::pending, -ECONNABORTED,
     asks::lookup, [](const play &p) { return reply_error(p, take(p), -EIO); }, init::answered, exhaust_pool},
    {"fuse_get_request", "the pool is exhausted: the connection is aborted", 0, fate::over, -ENOTCONN, asks::lookup,
     [](const play &p) {
         return kernel::in_syscall("abort", [&]() -> long {
             abort_connection(p);
             return 0;
         });
     },
     init::answered, exhaust_pool},
    {"fuse_get_request", "the pool is exhausted: the device is closed", 0, fate::over, -ENOTCONN, asks::lookup,
     [](const play &p) { return kernel::sys_close(p.m.device); }, init::answered, exhaust_pool},
    {"fuse_get_request", "SIGKILL while INIT is not answered", 0, fate::over, -EINTR, asks::lookup,
     [](const play &p) { return in_kill(p, SIGKILL); }, init::unanswered},
    {"fuse_get_request", "another signal: it waits on until INIT is answered", 16, fate::over, -ECONNREFUSED,
     asks::lookup,
     [](const play &p) {
         in_kill(p, SIGUSR1);
         return reply_error(p, take(p), -EIO);
     },
     init::unanswered},
    {"fuse_get_request", "the connection dies before INIT is answered", 0, fate::over, -ENOTCONN, asks::lookup,
     [](const play &p) { return kernel::sys_close(p.m.device); }, init::unanswered},
};

std::span<const row> requester_rows()
{
    return rows;
}

} // namespace interfuse::contract
