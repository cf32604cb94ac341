// Many readers and many writers on one device.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"
#include "scenarios/split_daemon.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    crew *daemon = make_crew();
    start_split_daemon(m, static_cast<unsigned>(parameter_of("daemons")), *daemon);
    for (int i = 0; i < parameter_of("requesters"); ++i) {
        task_struct *requester = start_getter("requester", m);
        if (i < parameter_of("killers"))
            start_killer("killer", requester, SIGKILL, pace::patient);
    }
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
    for (int i = 0; i < parameter_of("closers"); ++i)
        daemon->add(start_closer("closer", m, daemon, closing::either, pace::patient));
}

scenario several_workers()
{
    return {
        .name = "several-workers",
        .question = "is each request read once and answered once, whoever of the daemon's tasks does it?",
        .expected = "one of the readers takes it, any of the writers answers it, and a disturbance ends all of them",
        .parameters = with_common_parameters({
            {"requesters", 3, 1, 4, "tasks that read the root's attributes"},
            {"killers", 1, 0, 4, "tasks that kill one requester each"},
            {"daemons", 2, 1, 4, "readers of the device, and as many writers"},
            {"aborters", 0, 0, 2, "tasks that abort the connection"},
            {"closers", 0, 0, 1, "a task that kills the daemon or closes the device"},
            {"pool", 3, 1, 10, "preallocated requests of the connection"},
        }),
        .build = build,
        .goals = {
            {"answered", passage{request_stage::sent, request_stage::finished}},
            {"killed while it is read", strike{disturbance::kill, request_stage::reading}},
            {"killed while sent", strike{disturbance::kill, request_stage::sent}},
            {"killed while its reply is copied", strike{disturbance::kill, request_stage::replying}},
        },
    };
}

} // namespace interfuse
