// One request on an undisturbed connection.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m);
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a", parameter_of("requests"));
}

scenario one_request()
{
    return {
        .name = "one-request",
        .question = "do lookups go from their requesters to the daemon and back?",
        .expected = "each requester gets its reply, and nothing is left behind",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 6, "tasks that look a name up"},
            {"requests", 1, 1, 8, "lookups of each requester, one after the other"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
        }),
        .build = build,
        .goals = {{"answered", passage{request_stage::sent, request_stage::finished}}},
    };
}

} // namespace interfuse
