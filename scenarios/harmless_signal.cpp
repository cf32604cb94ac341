// Signals that a requester must not notice.
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
    for (int i = 0; i < parameter_of("requesters"); ++i) {
        task_struct *requester = start_looker("requester", m, "a");
        for (int n = 0; i == 0 && n < parameter_of("signals"); ++n)
            start_killer("signaller", requester, SIGUSR1, pace::patient);
    }
    for (int i = 0; i < parameter_of("getters"); ++i)
        start_getter("getter", m);
}

scenario harmless_signal()
{
    return {
        .name = "harmless-signal",
        .question = "does a signal other than SIGKILL leave a request alone, at every stage?",
        .expected = "the requester neither leaves nor spins; the signal is delivered when its system call ends",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks that look a name up; the first gets the signals"},
            {"getters", 1, 0, 4, "tasks that read the root's attributes, and compete for the pool's requests"},
            {"signals", 1, 1, 4, "signals, each sent by a task of its own"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"signalled while it waits for a request", strike{disturbance::signal, request_stage::waiting}},
            {"signalled while pending", strike{disturbance::signal, request_stage::pending}},
            {"signalled while it is read", strike{disturbance::signal, request_stage::reading}},
            {"signalled while sent", strike{disturbance::signal, request_stage::sent}},
            {"signalled while its reply is copied", strike{disturbance::signal, request_stage::replying}},
        },
    };
}

} // namespace interfuse
