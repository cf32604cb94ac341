// Replies that the device must refuse.
#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"

namespace interfuse {

static void build()
{
    mount m = mount_fuse();
    answer_init(m);
    crew *daemon = make_crew();
    worker_options options;
    options.replies = static_cast<bad_reply>(parameter_of("reply"));
    options.gives_up = parameter_of("gives_up") != 0;
    options.colleagues = daemon;
    for (int i = 0; i < parameter_of("daemons"); ++i)
        daemon->add(start_worker("daemon", m, options));
    for (int i = 0; i < parameter_of("requesters"); ++i)
        start_looker("requester", m, "a", parameter_of("requests"));
    for (int i = 0; i < parameter_of("openers"); ++i)
        start_opener("opener", m, "a");
}

static std::vector<goal> refusals()
{
    std::vector<goal> goals = {{pending_refused}, {reading_refused}, {forestalled}};
    for (unsigned what = 0; what < static_cast<unsigned>(bad_reply::any); ++what)
        if (const char *name = refusal_of(static_cast<bad_reply>(what)))
            goals.push_back({name});
    return goals;
}

// The preset is any of them.
static parameter reply_parameter()
{
    parameter reply = named_parameter("reply", names_of_bad_replies(), "what is wrong with the daemon's replies");
    reply.preset = reply.most;
    return reply;
}

scenario malformed_reply()
{
    return {
        .name = "malformed-reply",
        .question = "what becomes of a request whose reply is refused?",
        .expected = "with a header that names no request, the request waits on; with a wrong payload its requester gets "
                    "EIO, and the next reply finds nothing",
        .parameters = with_common_parameters({
            reply_parameter(),
            {"requesters", 1, 1, 4, "tasks that look a name up"},
            {"requests", 2, 1, 8, "lookups of each requester, one after the other"},
            {"openers", 1, 0, 4, "tasks that open a file and close it"},
            {"daemons", 2, 1, 4, "workers of the daemon"},
            {"gives_up", 0, 0, 1, "after a refused reply the daemon may close the device rather than send a good one"},
        }),
        .build = build,
        .goals = refusals(),
    };
}

} // namespace interfuse
