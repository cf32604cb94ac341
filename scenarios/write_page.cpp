// Files that are written through the page cache.
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
    open_file file = open_before_run(m, "a");
    std::size_t page = kernel::PAGE_SIZE;
    transfer write{.bytes = page + 16, .offset = static_cast<std::uint64_t>(parameter_of("offset"))};
    for (int i = 0; i < parameter_of("writers"); ++i)
        if (task_struct *writer = start_writer("writer", file, write); i < parameter_of("killers"))
            start_killer("killer", writer, SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("readers"); ++i)
        start_reader("reader", file);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

scenario write_page()
{
    return {
        .name = "write-page",
        .question = "does each WRITE bring the daemon the bytes that were written, and is each page unlocked again?",
        .expected = "pages go one by one under the inode's mutex; a page written in part is read before it is read from",
        .parameters = with_common_parameters({
            {"writers", 1, 1, 4, "tasks of one process that write more than a page"},
            {"offset", 0, 0, 128, "where they begin"},
            {"readers", 1, 0, 4, "tasks of the process that read the first page"},
            {"killers", 1, 0, 4, "tasks that kill one writer each"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 0, 0, 4, "tasks that abort the connection"},
        }),
        .build = build,
        .goals = {
            {"WRITE is answered", passage{request_stage::sent, request_stage::finished, 16}},
            {"killed while the page is read", strike{disturbance::kill, request_stage::reading, 16}},
            {"killed while WRITE is with the daemon", strike{disturbance::kill, request_stage::sent, 16}},
            {"killed while its reply is copied", strike{disturbance::kill, request_stage::replying, 16}},
            {"a page written in full is up to date", happening{sim::event_kind::page_dirty, "fuse_commit_write"}},
            {"READ is answered", passage{request_stage::sent, request_stage::finished, 15}},
        },
    };
}

} // namespace interfuse
