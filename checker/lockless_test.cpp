#include <algorithm>

#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "checker/strategies/random.hpp"
#include "checker/trials/declarations.hpp"

namespace interfuse {
namespace {

// The message of the first data race within so many runs; empty if there is none.
std::string first_race(const declaration &of, std::uint64_t runs)
{
    const scenario *which = find_scenario(of.scenario);
    runner one({.which = which,
                .parameters = read_settings(*which, of.settings).values,
                .limits = {},
                .watch = sim::watch_races});
    random_strategy chooser(1);
    for (std::uint64_t run = 0; run < runs; ++run)
        if (run_result result = one.run(chooser, run); result.verdict.invariant == "data_race")
            return result.verdict.message;
    return "";
}

} // namespace

TEST(Lockless, EachFieldRacesWithoutItsDeclarationAlone)
{
    std::vector<declaration> all = declarations();
    EXPECT_GE(all.size(), 13U);
    for (const declaration &each : all) {
        ASSERT_NE(each.scenario, "") << each.field << " is declared lockless, and no scenario needs that";
        undeclared found = take_away(each, 1, 20'000);
        EXPECT_NE(found.runs, 0U) << each.field << " does not race in " << each.arguments();
        EXPECT_EQ(first_race(each, 500), "") << each.arguments();
    }
}

} // namespace interfuse
