#include "checker/strategies/replay.hpp"

#include <gtest/gtest.h>

namespace interfuse {

using sim::choice_kind;

TEST(ReplayStrategy, GivesTheListedAnswers)
{
    replay_strategy replay({{choice_kind::schedule, 3, 2}, {choice_kind::page_fault, 2, 1}});
    for (std::uint64_t run : {0, 1}) {
        replay.begin(run);
        EXPECT_EQ(replay.choose(choice_kind::schedule, 3), 2U);
        EXPECT_EQ(replay.choose(choice_kind::page_fault, 2), 1U);
        EXPECT_FALSE(replay.diverged().has_value());
        EXPECT_EQ(replay.used(), 2U);
    }
}

TEST(ReplayStrategy, DivergesAtTheFirstQuestionThatIsNotListedAndAnswersZeroFromThere)
{
    replay_strategy replay({{choice_kind::schedule, 3, 2}, {choice_kind::schedule, 2, 1}});
    replay.begin(0);
    EXPECT_EQ(replay.choose(choice_kind::schedule, 4), 0U);
    EXPECT_EQ(replay.choose(choice_kind::schedule, 3), 0U);
    ASSERT_TRUE(replay.diverged().has_value());
    EXPECT_EQ(replay.diverged()->choice, 0U);
    EXPECT_EQ(replay.diverged()->expected, "a choice of schedule among 3");
    EXPECT_EQ(replay.diverged()->asked, "a choice of schedule among 4");
}

TEST(ReplayStrategy, DivergesAtAnotherKindAndAtTheListsEnd)
{
    replay_strategy replay({{choice_kind::schedule, 2, 1}});
    replay.begin(0);
    replay.choose(choice_kind::allocation, 2);
    EXPECT_EQ(replay.diverged()->asked, "a choice of allocation among 2");
    replay.begin(1);
    EXPECT_EQ(replay.choose(choice_kind::schedule, 2), 1U);
    EXPECT_EQ(replay.choose(choice_kind::schedule, 2), 0U);
    EXPECT_EQ(replay.diverged()->expected, "no further choice");
}

} // namespace interfuse
