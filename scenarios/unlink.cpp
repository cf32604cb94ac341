// Files that are removed beside those who use them.
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
    for (int i = 0; i < parameter_of("openers"); ++i)
        start_opener("opener", m, "a");
    for (int i = 0; i < parameter_of("unlinkers"); ++i)
        if (task_struct *unlinker = start_unlinker("unlinker", m, "a"); i < parameter_of("killers"))
            start_killer("killer", unlinker, SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a");
}

scenario unlink()
{
    return {
        .name = "unlink",
        .question = "is FORGET of a removed file sent by its last user, and by nobody before?",
        .expected = "the inode stays while a file, an entry or a request that waits for its reply holds it",
        .parameters = with_common_parameters({
            {"unlinkers", 1, 1, 4, "tasks that remove a file"},
            {"openers", 1, 0, 4, "tasks that open it and close it"},
            {"requesters", 1, 0, 6, "tasks that look it up"},
            {"killers", 1, 0, 4, "tasks that kill one unlinker each"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
        }),
        .build = build,
        .goals = {
            {"UNLINK is answered", passage{request_stage::sent, request_stage::finished, 10}},
            {"killed while UNLINK is with the daemon", strike{disturbance::kill, request_stage::sent, 10}},
            {"FORGET of what was removed", passage{request_stage::prepared, request_stage::pending, 2}},
        },
    };
}

} // namespace interfuse
