// Unmounting beside lookups, open files and memory pressure.
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
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a");
    for (int i = 0; i < parameter_of("openers"); ++i)
        if (task_struct *opener = start_opener("opener", m, "a"); i < parameter_of("killers"))
            start_killer("killer", opener);
    for (int i = 0; i < parameter_of("forgets"); ++i)
        start_shrinker("memory pressure", m, "a");
    start_unmounter("unmounter", m, {.lazy = parameter_of("lazy") != 0, .force = parameter_of("force") != 0});
}

scenario unmount()
{
    return {
        .name = "unmount",
        .question = "does an unmount wait for nobody, and leave nothing behind?",
        .expected = "it is refused while the mount is in use, or, lazy, the last user shuts the file system down",
        .parameters = with_common_parameters({
            {"requesters", 1, 0, 6, "tasks that look a name up"},
            {"openers", 1, 0, 4, "tasks that open a file and close it"},
            {"killers", 1, 0, 4, "tasks that kill one opener each"},
            {"forgets", 1, 0, 4, "evictions of the inode"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"lazy", 1, 0, 1, "unmount lazily"},
            {"force", 0, 0, 1, "abort the connection first"},
        }),
        .build = build,
        .goals = {
            {"unmounted while a request is pending", strike{disturbance::unmount, request_stage::pending}},
            {"unmounted while it is read", strike{disturbance::unmount, request_stage::reading}},
            {"unmounted while it is with the daemon", strike{disturbance::unmount, request_stage::sent}},
            {"unmounted while its reply is copied", strike{disturbance::unmount, request_stage::replying}},
            {"shut down while a request is with the daemon", strike{disturbance::shutdown, request_stage::sent}},
        },
    };
}

} // namespace interfuse
