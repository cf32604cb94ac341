// A daemon that polls the device and never sleeps in a read.
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
        start_worker("daemon", m, {.nonblocking = true});
    for (int i = 0; i < parameter_of("pollers"); ++i)
        start_poller("poller", m);
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a");
    for (int i = 0; i < parameter_of("getters"); ++i)
        start_getter("getter", m);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

scenario polling_daemon()
{
    return {
        .name = "polling-daemon",
        .question = "does poll tell of each request, and SIGIO too, also when the connection goes?",
        .expected = "a poller wakes for what is pending and for the end; who comes too late gets EAGAIN",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks that look a name up"},
            {"getters", 1, 0, 4, "tasks that read the root's attributes"},
            {"daemons", 2, 1, 4, "workers that poll, then read without blocking"},
            {"pollers", 1, 0, 2, "tasks of the daemon that poll and ask for SIGIO"},
            {"aborters", 1, 0, 2, "tasks that abort the connection"},
        }),
        .build = build,
        .goals = {
            {"answered", passage{request_stage::sent, request_stage::finished}},
            {"aborted while a request is pending", strike{disturbance::abort, request_stage::pending}},
            {"a poller is woken by a request", happening{sim::event_kind::wake, "queue_request"}},
            {"a poller is woken by the abort", happening{sim::event_kind::wake, "fuse_abort_conn"}},
            {"SIGIO for a request", happening{sim::event_kind::signal_send, "queue_request"}},
            {"SIGIO for the abort", happening{sim::event_kind::signal_send, "fuse_abort_conn"}},
        },
    };
}

} // namespace interfuse
