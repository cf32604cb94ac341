// Files that are read and written without the page cache.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    std::uint32_t page = static_cast<std::uint32_t>(kernel::PAGE_SIZE);
    auto chunk = static_cast<unsigned>(parameter_of("chunk"));
    mount m = mount_fuse({.max_read = chunk * page});
    answer_init(m, {.max_write = parameter_of("nothing") != 0 ? 0 : chunk * page});
    crew *daemon = make_crew();
    for (int i = 0; i < parameter_of("daemons"); ++i)
        daemon->add(start_worker("daemon", m, {.pages = chunk + 1}));
    open_file file = open_before_run(m, parameter_of("short") != 0 ? "x" : "d");
    auto skew = static_cast<unsigned>(parameter_of("skew"));
    transfer all{.bytes = static_cast<unsigned>(parameter_of("pages")) * page, .offset = 5, .skew = skew};
    transfer in = all;
    in.told_beyond = chunk * page;
    // With no reader there is nobody whose end would take the mapping away.
    if (parameter_of("mapped") != 0 && parameter_of("readers") != 0) {
        in.target = map_file_before_run(open_before_run(m, "a", file.of), static_cast<unsigned>(parameter_of("pages")));
        in.knows_content = false;
    }
    for (int i = 0; i < parameter_of("readers"); ++i)
        if (task_struct *reader = start_reader("reader", file, in); i < parameter_of("killers"))
            start_killer("killer", reader, SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("writers"); ++i)
        if (task_struct *writer = start_writer("writer", file, all); i < parameter_of("killers"))
            start_killer("killer", writer, SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("closers"); ++i)
        start_closer("closer", m, daemon, closing::kill, pace::patient);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

scenario direct_io()
{
    return {
        .name = "direct-io",
        .question = "does chunk follow chunk, whatever befalls one of them?",
        .expected = "a request is used again only when the transport has let go of it; user pages are released once, and "
                    "who faults on them holds nothing that the fault needs",
        .parameters = with_common_parameters({
            {"readers", 1, 0, 4, "tasks of one process that read"},
            {"writers", 0, 0, 4, "tasks of the process that write"},
            {"pages", 2, 1, 33, "pages that each of them reads or writes"},
            {"chunk", 1, 1, 32, "most pages of a READ or WRITE"},
            {"nothing", 0, 0, 1, "whether the daemon has said that it takes no byte of a WRITE"},
            {"mapped", 0, 0, 1, "whether readers have their buffer in pages that are mapped from another file"},
            {"skew", 0, 0, 63, "bytes by which their buffers miss the beginning of a page"},
            {"short", 0, 0, 1, "whether the daemon may read short"},
            {"killers", 1, 0, 4, "tasks that kill one reader and one writer each"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 0, 0, 4, "tasks that abort the connection"},
            {"closers", 0, 0, 4, "tasks that kill the daemon"},
            {"faults", 1, 0, 8, "page faults that a run may contain"},
        }),
        .build = build,
        .goals = {
            {"a second chunk is read"},
            {"READ is answered", passage{request_stage::sent, request_stage::finished, 15}},
            {"killed while READ is read", strike{disturbance::kill, request_stage::reading, 15}},
            {"killed while READ is with the daemon", strike{disturbance::kill, request_stage::sent, 15}},
            {"killed while the data of a READ are copied", strike{disturbance::kill, request_stage::replying, 15}},
            {"a user page is dirty after a READ", happening{sim::event_kind::page_dirty, "fuse_release_user_pages"}},
        },
    };
}

} // namespace interfuse
