// A daemon whose read buffer is too small.
#include <cerrno>

#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {

static constexpr const char *io_error = "a request that does not fit is EIO";
static constexpr const char *too_big = "a SETXATTR that does not fit is E2BIG";
static constexpr const char *served = "a request that fits is served by the same read";

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    auto bytes = static_cast<std::uint32_t>(parameter_of("buffer"));
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, {.read_bytes = bytes});
    for (int i = 0; i < parameter_of("requesters"); ++i)
        spawn("requester", {}, [m] {
            static constexpr char value[] = "0123456789abcdef0123456789abcdef";
            if (kernel::sys_stat(m.number, "a-longer-name") == -EIO)
                reached(io_error);
            if (!kernel::killed() && kernel::sys_setxattr(m.number, "a", "user.colour", value, sizeof value) == -E2BIG)
                reached(too_big);
            if (!kernel::killed() && kernel::sys_stat(m.number, "a") == 0)
                reached(served);
        });
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

scenario small_buffer()
{
    return {
        .name = "small-buffer",
        .question = "does a request that does not fit the daemon's buffer trouble anybody but its requester?",
        .expected = "it ends with EIO, SETXATTR with E2BIG, and the read goes on to the next request",
        .parameters = with_common_parameters({
            {"requesters", 2, 1, 4, "tasks that look names up and set an attribute"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"buffer", 48, 42, 256, "bytes of the daemon's read buffer"},
            {"aborters", 0, 0, 2, "tasks that abort the connection"},
        }),
        .build = build,
        .goals = {{io_error}, {too_big}, {served}},
    };
}

} // namespace interfuse
