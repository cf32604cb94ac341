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
}

scenario killed_request()
{
    return {
        .name = "killed-request",
        .question = "can a requester be killed at every stage of its request?",
        .expected = "it leaves without the daemon's help, and the daemon goes on",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 6, "tasks that look a name up; the first is killed"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
    };
}

} // namespace interfuse
