// A daemon that closes the device, or loses it by being killed, with requests under way.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    crew *daemon = make_crew();
    for (int i = 0; i < parameter_of("daemons"); ++i)
        daemon->add(start_worker("daemon", m));
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a");
    for (int i = 0; i < parameter_of("getters"); ++i)
        start_getter("getter", m);
    start_closer("closer", m, daemon, static_cast<closing>(parameter_of("how")), pace::patient);
}

scenario closed_device()
{
    return {
        .name = "closed-device",
        .question = "does every request end when the device goes, whoever still sleeps in its read?",
        .expected = "the last user of the file ends what is pending or with the daemon; a sleeping reader is that user",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks that look a name up"},
            {"getters", 2, 0, 4, "tasks that read the root's attributes"},
            {"daemons", 2, 1, 4, "workers of the daemon"},
            named_parameter("how", {"either", "kill", "close", "abandon"},
                            "the daemon is killed, or closes the device, or does so and wakes none of its readers"),
            {"pool", 2, 1, 10, "preallocated requests of the connection"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"killed with a requester waiting for a request", strike{disturbance::daemon_kill, request_stage::waiting}},
            {"killed with a request pending", strike{disturbance::daemon_kill, request_stage::pending}},
            {"killed with a request being read", strike{disturbance::daemon_kill, request_stage::reading}},
            {"killed with a request in user space", strike{disturbance::daemon_kill, request_stage::sent}},
            {"killed with a reply being copied", strike{disturbance::daemon_kill, request_stage::replying}},
            {"closed with a requester waiting for a request", strike{disturbance::close, request_stage::waiting}},
            {"closed with a request pending", strike{disturbance::close, request_stage::pending}},
            {"closed with a request in user space", strike{disturbance::close, request_stage::sent}},
        },
        .may_stall = "a reader that nobody wakes keeps the closed device alive, while nobody answers what is read",
        .stalls = [] { return parameter_of("how") == static_cast<int>(closing::abandon); },
    };
}

} // namespace interfuse
