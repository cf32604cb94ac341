// request_send_background. The requester's result is what `end` finds in out.h.error.
#include "checker/contract/play.hpp"
#include "sim/kernel/syscall.hpp"

namespace interfuse::contract {

static constexpr long all = static_cast<long>(background_reply_bytes);

static long reply_bytes(const play &p, std::size_t bytes)
{
    return reply_zeros(p, take(p), bytes);
}

static long reply_over_edge(const play &p)
{
    return reply_from(p, p.edge, background_reply_bytes);
}

static long abort_now(const play &p)
{
    return kernel::in_syscall("abort", [&]() -> long {
        abort_connection(p);
        return 0;
    });
}

static const row rows[] = {
    {"request_send_background", "not connected: ended at once", 0, fate::over, -ENOTCONN, asks::background, do_nothing,
     init::answered, abort_connection},
    {"request_send_background", "INIT was refused: that is not looked at", 0, fate::pending, -ECONNABORTED,
     asks::background, do_nothing, init::refused},
    {"request_send_background", "a good reply", all, fate::over, 0, asks::background,
     [](const play &p) { return reply_bytes(p, background_reply_bytes); }},
    {"request_send_background", "an error", 16, fate::over, -EACCES, asks::background,
     [](const play &p) { return reply_error(p, take(p), -EACCES); }},
    {"request_send_background", "a reply without the last argument, which may vary", 24, fate::over, 0,
     asks::background, [](const play &p) { return reply_bytes(p, background_reply_bytes - background_last_bytes); }},
    {"request_send_background", "a reply short by more than the last argument", -EINVAL, fate::over, -EIO,
     asks::background, [](const play &p) { return reply_bytes(p, background_reply_bytes - background_last_bytes - 1); },
     init::answered, nullptr, nullptr, nullptr, true},
    {"request_send_background", "a reply that is too long", -EINVAL, fate::over, -EIO, asks::background,
     [](const play &p) { return reply_bytes(p, background_reply_bytes + 1); }, init::answered, nullptr, nullptr,
     nullptr, true},
    {"request_send_background", "a bad address for the reply's payload", -EFAULT, fate::over, -EIO, asks::background,
     [](const play &p) { return reply_from(p, p.brink, background_reply_bytes); }, init::answered, nullptr, nullptr,
     nullptr, true},
    {"request_send_background", "a bad address for what is read", -EFAULT, fate::over, -EIO, asks::background,
     [](const play &p) { return kernel::sys_read(p.m.device, p.brink, 100); }},
    {"request_send_background", "the buffer is too short for it: the read goes on", -EAGAIN, fate::over, -EIO,
     asks::background,
     [](const play &p) {
         set_nonblock(p);
         return kernel::sys_read(p.m.device, p.in, background_bytes - 1);
     }},
    {"request_send_background", "aborted while it is pending", 0, fate::over, -ECONNABORTED, asks::background,
     abort_now},
    {"request_send_background", "aborted while the daemon has it", 0, fate::over, -ECONNABORTED, asks::background,
     [](const play &p) {
         take(p);
         return abort_now(p);
     }},
    {"request_send_background", "aborted while it is read", -ENOENT, fate::over, -ECONNABORTED, asks::background,
     read_over_edge, init::answered, nullptr, nullptr, abort_meanwhile},
    {"request_send_background", "aborted while its reply is copied", -ENOENT, fate::over, -ECONNABORTED,
     asks::background, reply_over_edge, init::answered, nullptr, nullptr, abort_meanwhile, true},
    {"request_send_background", "the device is closed while it is pending", 0, fate::over, -ECONNABORTED,
     asks::background, [](const play &p) { return kernel::sys_close(p.m.device); }},
    {"request_send_background", "the device is closed while the daemon has it", 0, fate::over, -ECONNABORTED,
     asks::background,
     [](const play &p) {
         take(p);
         return kernel::sys_close(p.m.device);
     }},
    {"request_send_background", "the device is closed while it is read: the read ends first",
     static_cast<long>(background_bytes), fate::over, -ECONNABORTED, asks::background, read_over_edge, init::answered,
     nullptr, close_meanwhile, wait_for_other},
    {"request_send_background", "the device is closed while its reply is copied: the write ends first", all, fate::over,
     0, asks::background, reply_over_edge, init::answered, nullptr, close_meanwhile, wait_for_other},
};

std::span<const row> background_rows()
{
    return rows;
}

} // namespace interfuse::contract
