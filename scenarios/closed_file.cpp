// The last close of files that were open before the run.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    crew *daemon = make_crew();
    for (int i = 0; i < parameter_of("daemons"); ++i)
        daemon->add(start_worker("daemon", m));
    for (int i = 0; i < parameter_of("files"); ++i)
        start_file_closer("user", open_before_run(m, "a"));
    for (int i = 0; i < parameter_of("getters"); ++i)
        start_getter("getter", m);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
    for (int i = 0; i < parameter_of("closers"); ++i)
        daemon->add(start_closer("closer", m, daemon, closing::either, pace::patient));
}

scenario closed_file()
{
    constexpr unsigned RELEASE = 18;
    return {
        .name = "closed-file",
        .question = "is RELEASE sent once a file, at every stage of a connection's end, and is it never waited for?",
        .expected = "it takes its unit of the pool or runs up a debt, and gives back what it took",
        .parameters = with_common_parameters({
            {"files", 2, 1, 4, "files that are open already, each closed by its user"},
            {"getters", 1, 0, 4, "tasks that read the root's attributes, and compete for the pool's requests"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 1, 0, 2, "tasks that abort the connection"},
            {"closers", 0, 0, 1, "a task that kills the daemon or closes the device"},
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"RELEASE finds no unit of the pool", happening{sim::event_kind::down_failed, "queue_request"}},
            {"aborted while RELEASE is pending", strike{disturbance::abort, request_stage::pending, RELEASE}},
            {"aborted while RELEASE is read", strike{disturbance::abort, request_stage::reading, RELEASE}},
            {"aborted while RELEASE is with the daemon", strike{disturbance::abort, request_stage::sent, RELEASE}},
            {"aborted while RELEASE's reply is copied", strike{disturbance::abort, request_stage::replying, RELEASE}},
            {"RELEASE on a dead connection", passage{request_stage::prepared, request_stage::finished, RELEASE}},
        },
    };
}

} // namespace interfuse
