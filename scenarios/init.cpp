// The INIT handshake as part of the run.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m);
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a");
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
}

scenario init()
{
    return {
        .name = "init",
        .question = "do requesters wait for INIT, and get away when it is aborted?",
        .expected = "they are let go by the reply or by the abort",
        .parameters = with_common_parameters({
            {"requesters", 1, 0, 6, "tasks that look a name up"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 1, 0, 4, "tasks that abort the connection"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"aborted while INIT is pending", strike{disturbance::abort, request_stage::pending, 26}},
            {"aborted while INIT is read", strike{disturbance::abort, request_stage::reading, 26}},
            {"aborted while INIT is with the daemon", strike{disturbance::abort, request_stage::sent, 26}},
            {"aborted while INIT's reply is copied", strike{disturbance::abort, request_stage::replying, 26}},
            {"aborted while a requester waits for INIT", strike{disturbance::abort, request_stage::waiting}},
        },
    };
}

} // namespace interfuse
