// Requests and replies over many segments that lie across pages.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/operation.hpp"

namespace interfuse {

static void build()
{
    auto pages = static_cast<unsigned>(parameter_of("pages"));
    auto bytes = static_cast<std::uint32_t>(pages * kernel::PAGE_SIZE);
    mount m = mount_fuse({.max_read = bytes});
    answer_init(m, {.max_write = bytes, .pages_ahead = pages});
    worker_options options;
    options.pages = pages;
    options.segments = static_cast<unsigned>(parameter_of("segments"));
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, options);
    task_of_operations work{.what = operation::any, .times = parameter_of("requests"), .pages = pages};
    if (parameter_of("direct") != 0)
        work.file = "d";
    for (int i = 0; i < parameter_of("requesters"); ++i) {
        task_struct *requester = start_operator("requester", m, work);
        if (i < parameter_of("killers"))
            start_killer("killer", requester, SIGKILL, pace::patient);
    }
}

scenario scattered_buffers()
{
    return {
        .name = "scattered-buffers",
        .question = "is a request copied whole that lies in segments of odd lengths, with a fault anywhere?",
        .expected = "the daemon reads and the requester gets what was sent, byte by byte",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks that send requests and wait for them"},
            {"requests", 2, 1, 8, "requests of each requester, one after the other"},
            {"segments", 5, 2, 8, "segments of each readv and writev"},
            {"pages", 2, 1, 8, "pages of a read or write"},
            {"direct", 1, 0, 1, "whether they go past the page cache, so that a WRITE has more than one page"},
            {"killers", 1, 0, 4, "tasks that kill one requester each"},
            {"daemons", 1, 1, 3, "workers of the daemon"},
            {"faults", 2, 0, 8, "page faults that a run may contain"},
            page_size_parameter(64),
        }),
        .build = build,
        .goals = {
            {"a fault while a request is read", strike{disturbance::page_fault, request_stage::reading}},
            {"a fault while a reply is copied", strike{disturbance::page_fault, request_stage::replying}},
            {"killed while it is read", strike{disturbance::kill, request_stage::reading}},
            {"killed while its reply is copied", strike{disturbance::kill, request_stage::replying}},
        },
    };
}

} // namespace interfuse
