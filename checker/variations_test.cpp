// Scenarios with other parameters than their presets: which of them may stall, and which goals need what.
#include <string>

#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "checker/strategies/strategy.hpp"
#include "scenarios/scenario.hpp"

namespace interfuse {

namespace {

constexpr std::uint64_t runs_each = 1500;

struct outcome {
    std::uint64_t stalled = 0;
    std::uint64_t reached_goals = 0;
    std::string finding; // the first
};

outcome sample(const char *scenario_name, const std::vector<parameter_setting> &set)
{
    const scenario &which = *find_scenario(scenario_name);
    parameters_result complete = read_settings(which, set);
    EXPECT_EQ(complete.error, "");
    runner on({.which = &which, .parameters = complete.values, .limits = {}, .watch = sim::watch_all});
    auto chooser = all_strategies()[0].make(1);
    outcome all;
    for (std::uint64_t number = 0; number < runs_each; ++number) {
        run_result result = on.run(*chooser, number);
        all.stalled += result.verdict.kind == sim::verdict_kind::stalled;
        all.reached_goals |= result.seen->reached_goals();
        if (result.verdict.is_finding() && all.finding.empty())
            all.finding = result.verdict.message;
    }
    return all;
}

// Whether a goal was reached, by its name.
bool reaches(const char *scenario_name, const std::vector<parameter_setting> &set, std::string_view name)
{
    outcome all = sample(scenario_name, set);
    EXPECT_EQ(all.finding, "") << scenario_name;
    const std::vector<goal> &goals = find_scenario(scenario_name)->goals;
    for (unsigned i = 0; i < goals.size(); ++i)
        if (goals[i].name == name)
            return (all.reached_goals >> i & 1) != 0;
    ADD_FAILURE() << scenario_name << " has no goal " << name;
    return false;
}

struct variation {
    const char *name;
    std::vector<parameter_setting> set;
};

} // namespace

TEST(Variations, StallWhereNobodyHelpsByDesign)
{
    const variation stalling[] = {
        {"closed-device", {{"how", "abandon"}}},
        {"init-answers", {{"answer", "never"}, {"aborters", "0"}}},
        {"own-mount", {{"way", "none"}}},
        {"fault-in-reply", {{"way", "none"}}},
        // Its daemon sleeps on the mutex.
        {"fault-in-reply", {{"way", "close"}}},
        {"mapped-reply", {{"async", "1"}, {"aborters", "0"}}},
        // Its reader is killed, and its daemon too.
        {"mapped-reply", {{"async", "1"}, {"aborters", "0"}, {"closers", "1"}}},
    };
    for (const variation &v : stalling) {
        outcome all = sample(v.name, v.set);
        EXPECT_GT(all.stalled, 0U) << v.name;
        EXPECT_EQ(all.finding, "") << v.name;
    }
}

TEST(Variations, EndInEachOfTheWaysOut)
{
    const variation ending[] = {
        {"closed-device", {{"how", "kill"}}},
        {"closed-device", {{"how", "close"}, {"daemons", "3"}}},
        {"init-answers", {{"answer", "never"}}},
        {"init-answers", {{"answer", "error"}, {"aborters", "0"}}},
        {"own-mount", {{"way", "kill"}}},
        {"own-mount", {{"way", "abort"}}},
        {"own-mount", {{"way", "force"}}},
        {"fault-in-reply", {{"way", "abort"}, {"requesters", "2"}}},
        {"fault-in-reply", {{"way", "force"}, {"requesters", "2"}}},
        {"mapped-reply", {{"async", "1"}}},
        {"mapped-reply", {{"async", "0"}, {"aborters", "0"}, {"closers", "1"}}},
        {"mapped-reply", {{"pool", "1"}}},
        {"direct-io", {{"mapped", "1"}, {"pool", "1"}, {"killers", "0"}}},
        {"direct-io", {{"mapped", "1"}, {"pool", "2"}, {"readers", "2"}, {"killers", "0"}}},
        {"direct-io", {{"mapped", "1"}, {"pool", "1"}, {"killers", "0"}, {"aborters", "1"}}},
        {"direct-io", {{"mapped", "1"}, {"pool", "1"}, {"readers", "2"}, {"killers", "0"}, {"closers", "1"}}},
        {"mapped-reply", {{"pool", "1"}, {"oom", "1"}, {"async", "0"}}},
        {"mapped-reply", {{"pool", "2"}, {"daemons", "3"}, {"readers", "3"}}},
        {"malformed-reply", {{"gives_up", "1"}}},
        {"unmounted-request", {{"how", "ordinarily"}}},
        {"unmounted-request", {{"how", "by-force"}}},
        {"several-workers", {{"closers", "1"}, {"aborters", "1"}}},
        {"closed-file", {{"closers", "1"}}},
        {"mix", {{"pollers", "1"}, {"closers", "1"}}},
        // No memory for a request beyond the pool, by a call with whose end the connection goes.
        {"mix",
         {{"pool", "1"}, {"oom", "1"}, {"requesters", "2"}, {"releases", "1"}, {"aborters", "1"}, {"unmounters", "1"},
          {"lazy", "1"}}},
    };
    for (const variation &v : ending) {
        outcome all = sample(v.name, v.set);
        EXPECT_EQ(all.stalled, 0U) << v.name << " " << v.set[0].text;
        EXPECT_EQ(all.finding, "") << v.name << " " << v.set[0].text;
    }
}

TEST(Variations, WithoutTheCauseAGoalIsNotReached)
{
    constexpr const char *waiting = "killed while it waits for a request";
    EXPECT_TRUE(reaches("killed-request", {}, waiting));
    EXPECT_FALSE(reaches("killed-request", {{"getters", "0"}}, waiting));
    constexpr const char *finished = "aborted when a request is finished";
    EXPECT_TRUE(reaches("aborted-request", {}, finished));
    EXPECT_FALSE(reaches("aborted-request", {{"aborters", "1"}, {"requesters", "1"}, {"getters", "0"}},
                         "aborted while a requester waits for a request"));
    constexpr const char *faulting = "a fault while a reply is copied";
    EXPECT_TRUE(reaches("scattered-buffers", {}, faulting));
    EXPECT_FALSE(reaches("scattered-buffers", {{"faults", "0"}}, faulting));
    EXPECT_FALSE(reaches("small-buffer", {{"buffer", "256"}}, "a SETXATTR that does not fit is E2BIG"));
    EXPECT_FALSE(reaches("malformed-reply", {{"reply", "too-long"}}, "a reply to request 0 is refused"));
    EXPECT_TRUE(reaches("malformed-reply", {{"reply", "too-long"}}, "a reply that is too long is refused"));
}

} // namespace interfuse
