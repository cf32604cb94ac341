// Files that are closed on a live and on a dead connection.
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
    for (int i = 0; i < parameter_of("folders"); ++i)
        start_opener("reader of the root", m, "/");
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_getter("requester", m);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
}

scenario release()
{
    return {
        .name = "release",
        .question = "is RELEASE sent once for each open file, and does it need no help where the connection is dead?",
        .expected = "each request takes one token of the pool and gives one back",
        .parameters = with_common_parameters({
            {"openers", 1, 1, 4, "tasks that open a file and close it"},
            {"folders", 0, 0, 4, "tasks that open the root and close it"},
            {"requesters", 2, 0, 6, "tasks that read the root's attributes"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 1, 0, 4, "tasks that abort the connection"},
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
        }),
        .build = build,
        .goals = {
            {"RELEASE on a dead connection", passage{request_stage::prepared, request_stage::finished, 18}},
        },
    };
}

} // namespace interfuse
