// All the answers that INIT may get, and none.
#include <cerrno>

#include "scenarios/all.hpp"
#include "scenarios/daemon.hpp"
#include "scenarios/disturbances.hpp"
#include "scenarios/requester.hpp"
#include "sim/kernel/namei.hpp"

namespace interfuse {

static constexpr const char *refused = "a requester gets ECONNREFUSED";

static void build()
{
    mount m = mount_fuse();
    worker_options options;
    options.init = static_cast<init_answer>(parameter_of("answer"));
    for (int i = 0; i < parameter_of("daemons"); ++i)
        start_worker("daemon", m, options);
    for (int i = 0; i < parameter_of("requesters"); ++i)
        spawn("requester", {}, [m] {
            if (kernel::sys_stat_root(m.number) == -ECONNREFUSED)
                reached(refused);
        });
    for (int i = 0; i < parameter_of("aborters"); ++i)
        start_aborter("aborter", m, pace::patient);
}

static std::vector<goal> goals()
{
    std::vector<goal> all = {{refused}};
    for (unsigned how = 0; how < static_cast<unsigned>(init_answer::any); ++how)
        all.push_back({goal_of(static_cast<init_answer>(how))});
    return all;
}

static parameter answer_parameter()
{
    parameter answer = named_parameter("answer", names_of_init_answers(), "how the daemon answers INIT");
    answer.preset = answer.most;
    return answer;
}

scenario init_answers()
{
    return {
        .name = "init-answers",
        .question = "do requesters get on, or away, whatever the daemon answers to INIT?",
        .expected = "an answer lets them go, with ECONNREFUSED if it is an error or of another major version; "
                    "without one only an abort does",
        .parameters = with_common_parameters({
            answer_parameter(),
            {"requesters", 2, 0, 6, "tasks that read the root's attributes"},
            {"daemons", 1, 1, 4, "workers of the daemon"},
            {"aborters", 1, 0, 4, "tasks that abort the connection"},
        }),
        .build = build,
        .goals = goals(),
        .may_stall = "a requester waits for INIT, which the daemon does not answer and nobody aborts",
        .stalls = [] {
            int answer = parameter_of("answer");
            bool silent = answer >= static_cast<int>(init_answer::never);
            return silent && parameter_of("aborters") == 0;
        },
    };
}

} // namespace interfuse
