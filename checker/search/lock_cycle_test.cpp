#include "checker/search/lock_cycle.hpp"

#include <gtest/gtest.h>

namespace interfuse {
namespace {

std::vector<std::uint64_t> runs_of(const std::vector<seen_order> &chain)
{
    std::vector<std::uint64_t> runs;
    for (const seen_order &order : chain)
        runs.push_back(order.run);
    return runs;
}

TEST(LockCycle, OrdersThatFollowEachOtherAreNone)
{
    EXPECT_TRUE(find_lock_cycle({}).empty());
    EXPECT_TRUE(find_lock_cycle({{{1, 2}, 0, 0}, {{2, 3}, 0, 1}, {{1, 3}, 1, 2}}).empty());
}

TEST(LockCycle, TwoRunsThatContradictEachOtherAreOne)
{
    EXPECT_EQ(runs_of(find_lock_cycle({{{1, 2}, 0, 7}, {{2, 3}, 0, 8}, {{2, 1}, 1, 9}})),
              (std::vector<std::uint64_t>{7, 9}));
}

TEST(LockCycle, TheOrderThatClosesALongerOneComesLast)
{
    EXPECT_EQ(runs_of(find_lock_cycle({{{3, 1}, 0, 4}, {{1, 5}, 0, 5}, {{1, 2}, 0, 6}, {{2, 3}, 2, 1}, {{3, 2}, 3, 1}})),
              (std::vector<std::uint64_t>{4, 6, 1}));
}

// As many as there are ways from the first class to the last, if each were tried.
TEST(LockCycle, ManyOrdersOfManyScenariosTakeNoMoreThanOneLookEach)
{
    std::vector<seen_order> orders;
    for (std::size_t scenario = 0; scenario < 20; ++scenario)
        for (std::uint64_t before = 1; before < 40; ++before)
            for (std::uint64_t after = before + 1; after <= 40; ++after)
                orders.push_back({{before, after}, scenario, before});
    EXPECT_TRUE(find_lock_cycle(orders).empty());
    orders.push_back({{40, 1}, 20, 99});
    std::vector<std::uint64_t> closing = runs_of(find_lock_cycle(orders));
    ASSERT_FALSE(closing.empty());
    EXPECT_EQ(closing.front(), 1U);
    EXPECT_EQ(closing.back(), 99U);
}

} // namespace
} // namespace interfuse
