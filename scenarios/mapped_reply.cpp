// A daemon whose reply lies in a page that the reply itself is to fill: the documented deadlocks 2 and 3.
#include <array>

#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    bool async = parameter_of("async") != 0;
    mount m = mount_fuse();
    answer_init(m, {.async_read = async, .pages_ahead = async ? 1U : 0U});
    std::array<reply_place *, 4> places{};
    crew *daemon = make_crew();
    for (int i = 0; i < parameter_of("daemons"); ++i) {
        places[static_cast<unsigned>(i)] = make_reply_place();
        daemon->add(start_worker("daemon", m, {.reply = places[static_cast<unsigned>(i)]}));
    }
    open_file file = open_before_run(m, "a");
    open_file of_daemon = open_before_run(m, "a", m.daemon);
    for (int i = 0; i < parameter_of("daemons"); ++i)
        map_reply_from(m, places[static_cast<unsigned>(i)], of_daemon, 1);
    for (int i = 0; i < parameter_of("readers"); ++i)
        start_killer("killer", start_reader("reader", file, {.knows_content = false}), SIGKILL, pace::patient);
    for (int i = 0; i < parameter_of("closers"); ++i)
        start_closer("closer", m, daemon, closing::kill, pace::patient);
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

scenario mapped_reply()
{
    return {
        .name = "mapped-reply",
        .question = "does an abort end the deadlock of a reply buffer that is mapped from the file being read?",
        .expected = "the fault is taken while the request is not locked, so that the abort unlocks the page it waits for",
        .parameters = with_common_parameters({
            {"readers", 1, 1, 4, "tasks that read the page and are killed"},
            {"async", 1, 0, 1, "whether the page is read in the background"},
            {"daemons", 1, 1, 4, "workers of the daemon, which all map the page"},
            {"closers", 0, 0, 4, "tasks that kill the daemon"},
            {"aborters", 1, 0, 4, "tasks that abort the connection"},
            {"pool", 2, 1, 10, "preallocated requests of the connection"},
        }),
        .build = build,
        .goals = {
            {"the reply's copy faults", happening{sim::event_kind::page_fault, "fuse_copy_fill"}},
            {"the fault waits for the page's lock", happening{sim::event_kind::sleep, "filemap_nopage"}},
            {"aborted while the reply is copied", strike{disturbance::abort, request_stage::replying, 15}},
        },
        .may_stall = "the daemon waits for a page that only a reply of its own unlocks, and nobody aborts",
        // Killing requester and daemon is a way out of the second deadlock, not of the third.
        .stalls = [] {
            return parameter_of("aborters") == 0 && (parameter_of("async") != 0 || parameter_of("closers") == 0);
        },
    };
}

} // namespace interfuse
