// More requests than the pool has, and requests that take none of it.
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
    for (int i = 0; i < parameter_of("getters"); ++i) {
        task_struct *getter = start_getter("getter", m);
        if (i < parameter_of("killers"))
            start_killer("killer", getter, SIGKILL, pace::patient);
    }
    for (int i = 0; i < parameter_of("openers"); ++i)
        start_opener("opener", m, "a");
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

scenario exhausted_pool()
{
    return {
        .name = "exhausted-pool",
        .question = "is each unit of the pool given back once, when requests that take none run up a debt?",
        .expected = "debt is paid before anyone is let go on, and everybody is served in the end",
        .parameters = with_common_parameters({
            {"getters", 3, 1, 6, "tasks that read the root's attributes"},
            {"killers", 1, 0, 4, "tasks that kill one getter each"},
            {"openers", 1, 0, 4, "tasks that open a file and close it"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 0, 0, 2, "tasks that abort the connection"},
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
        }),
        .build = build,
        .goals = {
            {"killed while it waits for a request", strike{disturbance::kill, request_stage::waiting}},
            {"a request that never waits runs up a debt", happening{sim::event_kind::down_failed, "queue_request"}},
        },
    };
}

} // namespace interfuse
