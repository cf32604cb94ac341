// Requests with an argument in memory that is freed when they return.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    auto buffer = static_cast<std::uint32_t>(parameter_of("buffer"));
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, {.read_bytes = buffer});
    const char *file = parameter_of("old") != 0 ? "o" : "a";
    auto bytes = static_cast<std::size_t>(parameter_of("value"));
    for (int i = 0; i < parameter_of("requesters"); ++i)
        if (task_struct *setter = start_attribute_setter("setter", m, file, bytes); i < parameter_of("killers"))
            start_killer("killer", setter, SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
}

scenario setxattr()
{
    return {
        .name = "setxattr",
        .question = "is an attribute's value never read after its buffer was freed, and a too large one refused?",
        .expected = "a killed or aborted setter waits while its value is copied; a value too large for the daemon's buffer "
                    "is E2BIG and no error for the daemon",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks that set an attribute"},
            {"value", 48, 1, 64, "bytes of the value"},
            {"killers", 1, 0, 4, "tasks that kill one setter each"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            read_buffer_parameter(256),
            {"old", 0, 0, 1, "whether the daemon knows no SETXATTR"},
            {"aborters", 0, 0, 4, "tasks that abort the connection"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"killed while the value is read", strike{disturbance::kill, request_stage::reading, 21}},
            {"killed while SETXATTR is with the daemon", strike{disturbance::kill, request_stage::sent, 21}},
            {"killed while its reply is copied", strike{disturbance::kill, request_stage::replying, 21}},
        },
    };
}

} // namespace interfuse
