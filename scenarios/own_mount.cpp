// A daemon that uses its own mount: the first documented deadlock.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

enum class way_out : std::uint8_t { kill, abort, force, none };

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, {.own_user = true});
    auto way = static_cast<way_out>(parameter_of("way"));
    for (int i = 0; i < parameter_of("requesters"); ++i) {
        task_struct *requester = start_looker("requester", m, "a");
        if (way == way_out::kill)
            start_killer("killer", requester, SIGKILL, pace::patient);
    }
    if (way == way_out::abort)
        start_aborter("aborter", m, pace::patient);
    if (way == way_out::force)
        start_unmounter("unmounter", m, {.force = true}, pace::patient);
}

// Each killed requester leaves a worker, and a unit of the pool, to a request that waits for what the worker asks: that
// takes one more of each.
static bool may_stall()
{
    int needed = parameter_of("requesters") + 1;
    bool too_few = parameter_of("daemons") < needed || parameter_of("pool") < needed;
    auto way = static_cast<way_out>(parameter_of("way"));
    return way == way_out::none || (way == way_out::kill && too_few);
}

scenario own_mount()
{
    return {
        .name = "own-mount",
        .question = "does a daemon get on that looks something up in the directory whose mutex its requester holds?",
        .expected = "a killed requester leaves its request in user space and gives the mutex up; so does an aborted one",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 3, "tasks that look a name up"},
            {"daemons", 2, 2, 4, "workers of the daemon; a second one answers what the first asks"},
            named_parameter("way", {"kill", "abort", "force", "none"},
                            "the requesters are killed, the connection is aborted, or the unmount forced"),
        }),
        .build = build,
        .goals = {
            {"killed while the daemon waits for the directory", strike{disturbance::kill, request_stage::sent}},
            {own_lookup_returns},
        },
        .may_stall = "the requester waits for the daemon, which waits for the directory's mutex, or for a worker or a "
                     "request of the pool where there is none left",
        .stalls = may_stall,
    };
}

} // namespace interfuse
