// A daemon that is killed.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_killer("killer", start_worker("daemon", m));
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a", parameter_of("requests"));
}

scenario daemon_dies()
{
    return {
        .name = "daemon-dies",
        .question = "does every requester get away when the daemon is killed, and with it the device closed?",
        .expected = "requests under way end with ECONNABORTED, later ones with ENOTCONN",
        .parameters = with_common_parameters({
            {"requesters", 2, 1, 6, "tasks that look a name up"},
            {"requests", 1, 1, 8, "lookups of each requester, one after the other"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"killed while a request is pending", strike{disturbance::daemon_kill, request_stage::pending}},
            {"killed while it reads", strike{disturbance::daemon_kill, request_stage::reading}},
            {"killed while a request is with it", strike{disturbance::daemon_kill, request_stage::sent}},
            {"killed while its reply is copied", strike{disturbance::daemon_kill, request_stage::replying}},
            {"closed while a request is pending", strike{disturbance::close, request_stage::pending}},
            {"closed while a request is with the daemon", strike{disturbance::close, request_stage::sent}},
        },
    };
}

} // namespace interfuse
