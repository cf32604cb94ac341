// Inodes that leave memory, on a live connection and on a dead one.
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
    for (int i = 0; i < parameter_of("forgets"); ++i)
        start_forgetter("memory pressure", m, "a");
    for (int i = 0; i < parameter_of("getters"); ++i)
        start_getter("getter", m);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

scenario forget()
{
    return {
        .name = "forget",
        .question = "does FORGET need neither a request of the pool, nor memory, nor a daemon that answers?",
        .expected = "it is sent at once, and counted as debt if need be; a dead connection ends it in its caller",
        .parameters = with_common_parameters({
            {"forgets", 2, 1, 4, "tasks that look a name up and evict its inode"},
            {"getters", 1, 0, 4, "tasks that read the root's attributes, and compete for the pool's requests"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 1, 0, 2, "tasks that abort the connection"},
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
            {"oom", 1, 0, 8, "failed allocations that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"FORGET while the pool is exhausted", happening{sim::event_kind::down_failed, "queue_request"}},
            {"FORGET is read", passage{request_stage::reading, request_stage::finished, 2}},
            {"aborted while FORGET is pending", strike{disturbance::abort, request_stage::pending, 2}},
            {"aborted while FORGET is read", strike{disturbance::abort, request_stage::reading, 2}},
            {"FORGET on a dead connection", passage{request_stage::prepared, request_stage::finished, 2}},
            {"a lookup's own request becomes FORGET", passage{request_stage::finished, request_stage::pending, 2}},
        },
    };
}

} // namespace interfuse
