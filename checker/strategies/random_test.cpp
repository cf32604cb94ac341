#include "checker/strategies/random.hpp"

#include <vector>

#include <gtest/gtest.h>

namespace interfuse {

using sim::choice_kind;

static std::vector<unsigned> answers_of(sim::strategy &chooser, std::uint64_t run)
{
    chooser.begin(run);
    std::vector<unsigned> answers;
    for (unsigned i = 0; i < 100; ++i)
        answers.push_back(chooser.choose(choice_kind::schedule, 2 + i % 63));
    return answers;
}

TEST(RandomStrategy, MakesEachRunTheSameWhateverRanBefore)
{
    random_strategy in_order(7);
    std::vector<std::vector<unsigned>> runs;
    for (std::uint64_t run = 0; run < 20; ++run)
        runs.push_back(answers_of(in_order, run));
    random_strategy backwards(7);
    for (std::uint64_t run = 20; run-- > 0;)
        EXPECT_EQ(answers_of(backwards, run), runs[run]);
    EXPECT_NE(runs[0], runs[1]);
    random_strategy other(8);
    EXPECT_NE(answers_of(other, 0), runs[0]);
}

TEST(RandomStrategy, GivesEachAlternativeOfAScheduleItsShare)
{
    random_strategy chooser(1);
    chooser.begin(0);
    std::vector<unsigned> counts(5);
    for (unsigned i = 0; i < 50'000; ++i)
        ++counts.at(chooser.choose(choice_kind::schedule, 5));
    for (unsigned count : counts)
        EXPECT_NEAR(count, 10'000, 500);
}

TEST(RandomStrategy, DisturbsOneTimeInFour)
{
    for (choice_kind kind : {choice_kind::page_fault, choice_kind::bad_address, choice_kind::allocation}) {
        random_strategy chooser(1);
        chooser.begin(0);
        unsigned disturbed = 0;
        for (unsigned i = 0; i < 40'000; ++i)
            disturbed += chooser.choose(kind, 2);
        EXPECT_NEAR(disturbed, 10'000, 500);
    }
}

} // namespace interfuse
