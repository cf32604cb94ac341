// A reply whose copy faults on what its requester holds: a documented deadlock, and its way out.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    start_worker("daemon", m, {.reply_needs_directory = true});
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_killer("killer", start_looker("requester", m, "a"));
}

scenario fault_in_reply()
{
    return {
        .name = "fault-in-reply",
        .question = "does killing the requesters end the deadlock of a reply buffer that lies on the daemon's own mount?",
        .expected = "the fault is taken while the request is not locked, so the killed requester leaves and gives up "
                    "the directory's mutex",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks that look a name up and are killed"},
        }),
        .build = build,
        .goals = {
            {"the reply faults", strike{disturbance::page_fault, request_stage::replying}},
            {"killed while its reply is copied", strike{disturbance::kill, request_stage::replying}},
        },
    };
}

} // namespace interfuse
