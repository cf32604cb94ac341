// FSYNC and FLUSH of one file.
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
        start_worker("daemon", m, {.takes_time = parameter_of("slow") != 0});
    open_file file = open_before_run(m, parameter_of("old") != 0 ? "o" : "a");
    for (int i = 0; i < parameter_of("requesters"); ++i)
        if (task_struct *syncer = start_syncer("syncer", file); i < parameter_of("killers"))
            start_killer("killer", syncer, SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
}

scenario fsync()
{
    return {
        .name = "fsync",
        .question = "does RELEASE wait for the FSYNC and the FLUSH of a killed task?",
        .expected = "a killed task's request keeps the file until the daemon has answered it",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks of one process that sync a file and end, which closes it"},
            {"killers", 1, 0, 4, "tasks that kill one of them each"},
            {"daemons", 2, 1, 4, "workers of the daemon; a second one reads what comes while the first works"},
            {"slow", 1, 0, 1, "whether they take their time to answer"},
            {"old", 0, 0, 1, "whether the daemon knows neither FLUSH nor FSYNC"},
            {"aborters", 0, 0, 4, "tasks that abort the connection"},
        }),
        .build = build,
        .goals = {
            {"killed while FSYNC is with the daemon", strike{disturbance::kill, request_stage::sent, 20}},
            {"killed while FSYNC's reply is copied", strike{disturbance::kill, request_stage::replying, 20}},
            {"killed while FLUSH is with the daemon", strike{disturbance::kill, request_stage::sent, 25}},
            {"RELEASE is sent", passage{request_stage::prepared, request_stage::pending, 18}},
        },
    };
}

} // namespace interfuse
