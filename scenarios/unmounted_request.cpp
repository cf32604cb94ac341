// A file system that is unmounted lazily at every stage of its last users' requests.
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
    for (int i = 0; i < parameter_of("files"); ++i)
        start_file_closer("user", open_before_run(m, "a"));
    for (int i = 0; i < parameter_of("getters"); ++i) {
        task_struct *getter = start_getter("getter", m);
        if (i < parameter_of("killers"))
            start_killer("killer", getter, SIGKILL, pace::patient);
    }
    start_unmounter("unmounter", m, {.lazy = parameter_of("how") == 0, .force = parameter_of("how") == 2},
                    pace::patient);
}

static goal struck(const char *name, request_stage at, unsigned opcode = 0)
{
    return {name, strike{disturbance::unmount, at, opcode}};
}

scenario unmounted_request()
{
    constexpr unsigned RELEASE = 18;
    return {
        .name = "unmounted-request",
        .question = "does the last user of a detached file system take it down, whatever is still under way?",
        .expected = "requests go on until their users leave; then put_super drops what background requests hold",
        .parameters = with_common_parameters({
            {"files", 1, 0, 4, "files that are open already, each closed by its user"},
            {"getters", 2, 0, 4, "tasks that read the root's attributes"},
            {"killers", 1, 0, 4, "tasks that kill one getter each"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            named_parameter("how", {"lazily", "ordinarily", "by-force"}, "how it is unmounted"),
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            struck("detached while a requester waits for a request", request_stage::waiting),
            struck("detached while a request is pending", request_stage::pending),
            struck("detached while it is read", request_stage::reading),
            struck("detached while it is with the daemon", request_stage::sent),
            struck("detached while its reply is copied", request_stage::replying),
            struck("detached after its requester was killed", request_stage::left_behind),
            struck("detached while RELEASE is with the daemon", request_stage::sent, RELEASE),
            {"shut down while RELEASE is pending", strike{disturbance::shutdown, request_stage::pending, RELEASE}},
            {"shut down while RELEASE is with the daemon", strike{disturbance::shutdown, request_stage::sent, RELEASE}},
            {"shut down with a killed requester's request", strike{disturbance::shutdown, request_stage::left_behind}},
        },
    };
}

} // namespace interfuse
