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
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 1, 1, 4, "tasks that abort the connection"},
            {"killers", 1, 0, 6, "tasks that kill one requester each"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
    };
}

} // namespace interfuse
