// Inodes that leave memory while the daemon works on them for a requester that was killed.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "sim/choose.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {

namespace {

enum class asked : std::uint8_t { lookup, open, setxattr, rename, any };

constexpr const char *file = "f", *folder = "D";

void ask(const mount &m, asked what)
{
    if (what == asked::any)
        what = static_cast<asked>(sim::choose(sim::choice_kind::behaviour, static_cast<unsigned>(asked::any)));
    switch (what) {
    case asked::open:
        if (long fd = kernel::sys_open(m.number, file); fd >= 0 && !kernel::killed())
            kernel::sys_close(static_cast<int>(fd));
        break;
    case asked::setxattr:
        kernel::sys_setxattr(m.number, file, "user.colour", "red", 3);
        break;
    case asked::rename:
        kernel::sys_rename(m.number, "m", "D/n");
        break;
    default:
        kernel::sys_stat(m.number, "D/a");
    }
}

void build()
{
    mount m = mount_fuse();
    answer_init(m);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, {.takes_time = parameter_of("slow") != 0});
    auto what = static_cast<asked>(parameter_of("op"));
    for (int i = 0; i < parameter_of("requesters"); ++i) {
        task_struct *requester = spawn("requester", make_process(), [m, what] { ask(m, what); });
        if (i < parameter_of("killers"))
            start_killer("killer", requester, SIGKILL, pace::patient);
    }
    for (int i = 0; i < parameter_of("forgets"); ++i)
        for (const char *name : {folder, file})
            start_shrinker("memory pressure", m, name, pace::patient);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

parameter asked_parameter()
{
    parameter op = named_parameter("op", {"lookup", "open", "setxattr", "rename", "any"},
                                   "what is asked: to find a name in a folder, to open a file, to set its attribute, to "
                                   "move a file to the folder, or one of these");
    op.preset = op.most;
    return op;
}

} // namespace

scenario evicted_inode()
{
    return {
        .name = "evicted-inode",
        .question = "does FORGET of an inode wait for what a killed requester has asked about it?",
        .expected = "the request keeps the inode, or the directory, until the daemon has answered it",
        .parameters = with_common_parameters({
            asked_parameter(),
            {"requesters", 1, 1, 4, "tasks that ask for it"},
            {"killers", 1, 0, 4, "tasks that kill one requester each"},
            {"forgets", 1, 0, 4, "evictions of the folder and of the file"},
            {"daemons", 2, 1, 4, "workers of the daemon; a second one reads what comes while the first works"},
            {"slow", 1, 0, 1, "whether they take their time to answer"},
            {"aborters", 0, 0, 2, "tasks that abort the connection"},
        }),
        .build = build,
        .goals = {
            {"killed while LOOKUP is with the daemon", strike{disturbance::kill, request_stage::sent, 1}},
            {"killed while OPEN is with the daemon", strike{disturbance::kill, request_stage::sent, 14}},
            {"killed while SETXATTR is with the daemon", strike{disturbance::kill, request_stage::sent, 21}},
            {"killed while RENAME is with the daemon", strike{disturbance::kill, request_stage::sent, 12}},
            {"FORGET is read", passage{request_stage::reading, request_stage::finished, 2}},
        },
    };
}

} // namespace interfuse
