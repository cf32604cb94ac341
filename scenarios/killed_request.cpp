// A requester that is killed.
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
        if (i == 0)
            start_killer("killer", requester);
    }
    for (int i = 0; i < parameter_of("getters"); ++i)
        start_getter("getter", m);
}

scenario killed_request()
{
    return {
        .name = "killed-request",
        .question = "can a requester be killed at every stage of its request?",
        .expected = "it leaves without the daemon's help, and the daemon goes on",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 6, "tasks that look a name up; the first is killed"},
            {"getters", 1, 0, 4, "tasks that read the root's attributes, and compete for the pool's requests"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"killed while it waits for a request", strike{disturbance::kill, request_stage::waiting}},
            {"killed while pending", strike{disturbance::kill, request_stage::pending}},
            {"killed while it is read", strike{disturbance::kill, request_stage::reading}},
            {"killed while sent", strike{disturbance::kill, request_stage::sent}},
            {"killed while its reply is copied", strike{disturbance::kill, request_stage::replying}},
        },
    };
}

} // namespace interfuse
