// Files that are read through the page cache.
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
            start_killer("killer", reader);
    for (int i = 0; i < parameter_of("mapped"); ++i)
        start_mapped_reader("mapped reader", file, pages);
    for (int i = 0; i < parameter_of("openers"); ++i)
        start_opener("opener", m, "a");
    for (int i = 0; i < parameter_of("unlinkers"); ++i)
        start_unlinker("unlinker", m, "a");
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m);
    if (parameter_of("unmounters") != 0)
        start_unmounter("unmounter", m, {.lazy = true});
}

static void build()
{
    auto bytes_of = [](const char *parameter) {
        return static_cast<std::uint32_t>(static_cast<unsigned>(parameter_of(parameter)) * kernel::PAGE_SIZE);
    };
    mount m = mount_fuse({.max_read = bytes_of("max_read")});
    answer_init(m, {.async_read = parameter_of("async") != 0, .max_readahead = bytes_of("readahead")});
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, {.pages = static_cast<unsigned>(parameter_of("max_read"))});
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
            {"pages", 1, 1, 33, "pages that each of them reads"},
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
        }),
        .build = build,
        .goals = {
            {"READ is answered", passage{request_stage::sent, request_stage::finished, 15}},
        },
    };
}

} // namespace interfuse
