// Files that are read through the page cache.
#include <string_view>

#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void start_readers(const mount &m, const open_file &file)
{
    auto pages = static_cast<unsigned>(parameter_of("pages"));
    int killers = parameter_of("killers");
    for (int i = 0; i < parameter_of("readers"); ++i)
        if (task_struct *reader = start_reader("reader", file, {.bytes = pages * kernel::PAGE_SIZE}); i < killers)
            start_killer("killer", reader, SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("mapped"); ++i)
        start_mapped_reader("mapped reader", file, pages);
    for (int i = 0; i < parameter_of("openers"); ++i)
        start_opener("opener", m, "a");
    for (int i = 0; i < parameter_of("unlinkers"); ++i)
        start_unlinker("unlinker", m, "a");
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
    if (parameter_of("unmounters") != 0)
        start_unmounter("unmounter", m, {.lazy = true});
}

static void build()
{
    auto most = static_cast<unsigned>(parameter_of("max_read"));
    mount m = mount_fuse({.max_read = static_cast<std::uint32_t>(most * kernel::PAGE_SIZE)});
    answer_init(m, {.async_read = parameter_of("async") != 0,
                    .pages_ahead = static_cast<unsigned>(parameter_of("readahead"))});
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, {.pages = most});
    start_readers(m, open_before_run(m, parameter_of("short") != 0 ? "s" : "a"));
}

scenario read_pages()
{
    return {
        .name = "read-pages",
        .question = "is every page that a READ was sent for unlocked again, and up to date only with the daemon's bytes?",
        .expected = "by the reply, by the killed reader or by the abort; what a short reply leaves out is zero",
        .parameters = with_common_parameters({
            {"readers", 1, 0, 4, "tasks of one process that read the file's first pages"},
            {"mapped", 0, 0, 4, "tasks of the process that map these pages and load a byte of each"},
            {"pages", 2, 1, 33, "pages that each of them reads"},
            {"readahead", 4, 0, 32, "pages that the daemon wants read ahead; 0: each page by itself"},
            {"max_read", 2, 1, 32, "most pages of a READ"},
            {"async", 1, 0, 1, "whether READ is sent in the background"},
            {"short", 0, 0, 1, "whether the daemon may read short"},
            {"killers", 1, 0, 4, "tasks that kill one reader each"},
            {"openers", 0, 0, 4, "tasks that open the file, which drops its pages"},
            {"unlinkers", 0, 0, 4, "tasks that remove the file"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 0, 0, 4, "tasks that abort the connection"},
            {"unmounters", 0, 0, 1, "a task that unmounts lazily"},
            {"pool", 1, 1, 10, "preallocated requests of the connection"},
        }),
        .build = build,
        .goals = {
            {"READ is answered", passage{request_stage::sent, request_stage::finished, 15}},
            {"pages are unlocked by the reply", happening{sim::event_kind::page_unlock, "fuse_readpages_end"}},
            {"killed between two READs", happening{sim::event_kind::page_unlock, "fuse_readpages_fill"}},
        },
    };
}

scenario read_and_wait()
{
    scenario waiting = read_pages();
    waiting.name = "read-and-wait";
    waiting.question = "can a reader that waits for its READ be killed at every stage, with the page locked?";
    waiting.expected = "it unlocks the pages and leaves; who waits for their locks reads them anew";
    for (parameter &p : waiting.parameters)
        if (std::string_view(p.name) == "async" || std::string_view(p.name) == "readahead")
            p.preset = 0;
        else if (std::string_view(p.name) == "readers")
            p.preset = 2;
    waiting.goals = {
        {"READ is answered", passage{request_stage::sent, request_stage::finished, 15}},
        {"killed while READ is with the daemon", strike{disturbance::kill, request_stage::sent, 15}},
        {"killed while READ's reply is copied", strike{disturbance::kill, request_stage::replying, 15}},
        {"a reader waits for a page that another one reads", happening{sim::event_kind::sleep, "generic_file_read"}},
    };
    return waiting;
}

} // namespace interfuse
