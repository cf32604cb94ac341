// A reply whose copy faults on what its requester holds: a documented deadlock, and its way out.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

namespace {

enum class way_out : std::uint8_t { kill, abort, force, close, none };

void build()
{
    mount m = mount_fuse();
    answer_init(m);
    crew *daemon = make_crew();
    auto way = static_cast<way_out>(parameter_of("way"));
    daemon->add(
        start_worker("daemon", m, {.reply_needs_directory = true, .walks_to_directory = way == way_out::force}));
    for (int i = 0; i < parameter_of("requesters"); ++i) {
        task_struct *requester = start_looker("requester", m, "a");
        if (way == way_out::kill)
            start_killer("killer", requester);
    }
    if (way == way_out::abort)
        start_aborter("aborter", m);
    if (way == way_out::force)
        start_unmounter("unmounter", m, {.force = true});
    if (way == way_out::close)
        start_closer("closer", m, daemon, closing::kill);
}

// The daemon's task sleeps on the mutex, where no signal reaches it.
bool may_stall()
{
    auto way = static_cast<way_out>(parameter_of("way"));
    return way == way_out::close || way == way_out::none;
}

} // namespace

scenario fault_in_reply()
{
    return {
        .name = "fault-in-reply",
        .question = "what ends the deadlock of a reply buffer that lies on the daemon's own mount?",
        .expected = "the fault is taken while the request is not locked, so a killed requester leaves and gives up the "
                    "directory's mutex, and so does an aborted one; the daemon sleeps on that mutex and dies only then",
        .parameters = with_common_parameters({
            {"requesters", 1, 1, 4, "tasks that look a name up"},
            named_parameter("way", {"kill", "abort", "force", "close", "none"},
                            "the requesters are killed, the connection is aborted, the unmount forced, or the daemon "
                            "killed"),
        }),
        .build = build,
        .goals = {
            {"the reply faults", strike{disturbance::page_fault, request_stage::replying}},
            {"killed while its reply is copied", strike{disturbance::kill, request_stage::replying}},
        },
        .may_stall = "the requester waits for its reply, whose copy waits for the mutex of the requester's directory",
        .stalls = may_stall,
    };
}

} // namespace interfuse
