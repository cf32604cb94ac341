// Operations that the daemon turns out not to know.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {

namespace {

enum class unknown : std::uint8_t { each, create, setxattr, fsync, fsyncdir, flush };

// The daemon knows none of these operations of the nodes of either set. The sets have no mutex in common.
struct names {
    const char *created, *file, *folder;
};
constexpr names sets[] = {{"no", "o", "O"}, {"D/no", "u", "U"}};

void close_opened(long fd)
{
    if (fd >= 0 && !kernel::killed())
        kernel::sys_close(static_cast<int>(fd));
}

void sync(long fd)
{
    if (fd >= 0 && !kernel::killed())
        kernel::sys_fsync(static_cast<int>(fd));
}

void ask(const mount &m, unknown what, const names &of)
{
    auto wants = [what](unknown each) { return (what == each || what == unknown::each) && !kernel::killed(); };
    if (wants(unknown::create))
        close_opened(kernel::sys_create(m.number, of.created));
    if (wants(unknown::setxattr))
        kernel::sys_setxattr(m.number, of.file, "user.colour", "red", 3);
    if (wants(unknown::fsync) || wants(unknown::flush)) {
        long fd = kernel::sys_open(m.number, of.file);
        if (wants(unknown::fsync))
            sync(fd);
        close_opened(fd);
    }
    if (wants(unknown::fsyncdir)) {
        long fd = kernel::sys_open(m.number, of.folder);
        sync(fd);
        close_opened(fd);
    }
}

void build()
{
    mount m = mount_fuse();
    answer_init(m);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m);
    auto what = static_cast<unknown>(parameter_of("op"));
    for (int i = 0; i < parameter_of("requesters"); ++i) {
        const names &of = sets[i % 2];
        task_struct *requester = spawn("requester", make_process(), [m, what, &of] { ask(m, what, of); });
        if (i < parameter_of("killers"))
            start_killer("killer", requester, SIGKILL, pace::patient);
    }
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
}

} // namespace

scenario old_daemon()
{
    return {
        .name = "old-daemon",
        .question = "what if two tasks learn at once that the daemon does not know what they ask for?",
        .expected = "each goes on without it, whoever of them tells the others first",
        .parameters = with_common_parameters({
            {"requesters", 2, 1, 4, "tasks that ask for it, of files of their own by twos"},
            named_parameter("op", {"each", "create", "setxattr", "fsync", "fsyncdir", "flush"},
                            "what the daemon does not know; each: a requester asks for one after the other"),
            {"daemons", 2, 1, 4, "workers of the daemon"},
            {"killers", 0, 0, 4, "tasks that kill one requester each"},
            {"aborters", 0, 0, 4, "tasks that abort the connection"},
        }),
        .build = build,
        .goals = {
            {"CREATE is answered", passage{request_stage::sent, request_stage::finished, 35}},
            {"SETXATTR is answered", passage{request_stage::sent, request_stage::finished, 21}},
            {"FSYNC is answered", passage{request_stage::sent, request_stage::finished, 20}},
            {"FSYNCDIR is answered", passage{request_stage::sent, request_stage::finished, 30}},
            {"FLUSH is answered", passage{request_stage::sent, request_stage::finished, 25}},
        },
    };
}

} // namespace interfuse
