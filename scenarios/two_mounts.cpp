// Two file systems with a daemon each.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount first = mount_fuse();
    mount second = mount_fuse();
    answer_init(first);
    answer_init(second);
    for (const mount &m : {first, second}) {
        for (int i = 0; i < parameter_of("daemons"); ++i)
            start_worker("daemon", m);
        for (int i = 0; i < parameter_of("requesters"); ++i)
            start_looker("requester", m, "a");
    }
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", first);
    for (int i = 0; i < parameter_of("watchers"); ++i)
        start_watcher("watcher", first);
    if (parameter_of("unmounters") != 0)
        start_unmounter("unmounter", first, {.lazy = true});
}

scenario two_mounts()
{
    return {
        .name = "two-mounts",
        .question = "does what befalls one connection leave the other alone?",
        .expected = "each daemon gets the requests of its own mount, also after the other is aborted or unmounted",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks on each mount that look a name up"},
            {"daemons", 1, 1, 4, "workers of each daemon"},
            {"aborters", 1, 0, 4, "tasks that abort the first connection"},
            {"watchers", 1, 0, 2, "tasks that read the first connection's attribute waiting"},
            {"unmounters", 0, 0, 1, "a task that unmounts the first file system lazily"},
        }),
        .build = build,
        .goals = {
            {"the attribute waiting is read", happening{sim::event_kind::atomic_read, "fuse_conn_waiting_show"}},
            {"aborted while a request is pending", strike{disturbance::abort, request_stage::pending}},
            {"aborted while a request is with the daemon", strike{disturbance::abort, request_stage::sent}},
        },
    };
}

} // namespace interfuse
