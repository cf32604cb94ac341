// A connection that is aborted while requests are under way.
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
        start_worker("daemon", m);
    for (int i = 0; i < parameter_of("requesters"); ++i) {
        task_struct *requester = start_looker("requester", m, "a");
        if (i < parameter_of("killers"))
            start_killer("killer", requester);
    }
    for (int i = 0; i < parameter_of("getters"); ++i)
        start_getter("getter", m);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
}

scenario aborted_request()
{
    return {
        .name = "aborted-request",
        .question = "does an abort end every request, at every stage?",
        .expected = "requesters get ECONNABORTED or ENOTCONN, readers ENODEV, and nobody waits for the daemon",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 6, "tasks that look a name up"},
            {"getters", 1, 0, 4, "tasks that read the root's attributes, and compete for the pool's requests"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 1, 1, 4, "tasks that abort the connection"},
            {"killers", 1, 0, 6, "tasks that kill one requester each"},
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"aborted while a requester waits for a request", strike{disturbance::abort, request_stage::waiting}},
            {"aborted while pending", strike{disturbance::abort, request_stage::pending}},
            {"aborted while it is read", strike{disturbance::abort, request_stage::reading}},
            {"aborted while sent", strike{disturbance::abort, request_stage::sent}},
            {"aborted while its reply is copied", strike{disturbance::abort, request_stage::replying}},
            {"aborted while a killed requester's request is with the daemon", strike{disturbance::abort, request_stage::left_behind}},
            {"aborted when a request is finished", strike{disturbance::abort, request_stage::finished}},
        },
    };
}

} // namespace interfuse
