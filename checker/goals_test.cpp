#include <string>

#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "checker/strategies/strategy.hpp"
#include "scenarios/all.hpp"

namespace interfuse {

namespace {

constexpr std::uint64_t runs_max = 20'000;

// The goals that none of so many sampled runs reached, one a line.
std::string missed_goals(const scenario &which)
{
    runner on({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}, .watch = sim::watch_all});
    auto chooser = all_strategies()[0].make(1);
    std::uint64_t all = which.goals.size() == goals_max ? ~std::uint64_t{0} : (std::uint64_t{1} << which.goals.size()) - 1;
    std::uint64_t met = 0;
    for (std::uint64_t number = 0; number < runs_max && met != all; ++number)
        met |= on.run(*chooser, number).seen->reached_goals();
    std::string missed;
    for (unsigned i = 0; i < which.goals.size(); ++i)
        if ((met >> i & 1) == 0)
            missed += std::string(which.goals[i].name) + "\n";
    return missed;
}

} // namespace

TEST(Goals, OfEachScenarioAreReached)
{
    for (const scenario &which : all_scenarios()) {
        EXPECT_FALSE(which.goals.empty()) << which.name << " does not say which states it is about";
        EXPECT_LE(which.goals.size(), goals_max) << which.name;
        EXPECT_EQ(missed_goals(which), "") << "in " << runs_max << " runs of " << which.name;
    }
}

TEST(Goals, ThatCannotBeReachedAreMissed)
{
    scenario nobody_aborts = killed_request();
    nobody_aborts.goals.push_back({"aborted", strike{disturbance::abort, request_stage::sent}});
    nobody_aborts.goals.push_back({"announced"});
    nobody_aborts.goals.push_back({"debt", happening{sim::event_kind::down_failed, "queue_request"}});
    EXPECT_EQ(missed_goals(nobody_aborts), "aborted\nannounced\ndebt\n");
}

} // namespace interfuse
