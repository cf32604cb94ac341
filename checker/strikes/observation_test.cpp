#include "checker/strikes/observation.hpp"

#include <gtest/gtest.h>

#include "checker/search/tally.hpp"

namespace interfuse {

TEST(Observation, NumbersEachStrikeByItself)
{
    for (unsigned number = 0; number < strike_numbers; ++number)
        EXPECT_EQ(number_of(strike_of(number)), number);
    strike last{disturbance::failed_allocation, request_stage::finished, opcodes - 1};
    EXPECT_EQ(number_of(last), strike_numbers - 1);
}

TEST(Observation, KeepsEqualStrikesOnce)
{
    observation seen;
    strike kill{disturbance::kill, request_stage::sent, 1};
    strike abort{disturbance::abort, request_stage::sent, 1};
    for (const strike &what : {kill, abort, kill})
        seen.add(what);
    ASSERT_EQ(seen.struck().size(), 2U);
    EXPECT_EQ(seen.struck()[0], number_of(kill));
    EXPECT_EQ(seen.struck()[1], number_of(abort));
    seen.clear();
    EXPECT_TRUE(seen.struck().empty());
}

TEST(Observation, IsCountedInRunsAndFolded)
{
    observation seen;
    seen.reach(3);
    seen.add({disturbance::kill, request_stage::pending, 15});
    run_result result;
    result.seen = &seen;
    tally sums;
    sums.add_run(0, result, 0);
    sums.add_run(1, result, 0);
    tally later = sums;
    sums.fold(later);
    EXPECT_EQ(sums.runs_reaching[3], 4U);
    EXPECT_EQ(sums.runs_reaching[2], 0U);
    EXPECT_EQ(sums.runs_struck[number_of({disturbance::kill, request_stage::pending, 15})], 4U);
    EXPECT_EQ(sums.runs_struck[number_of({disturbance::kill, request_stage::sent, 15})], 0U);
}

} // namespace interfuse
