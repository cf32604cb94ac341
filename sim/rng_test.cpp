#include "sim/rng.hpp"

#include <set>

#include <gtest/gtest.h>

namespace sim {
namespace {

TEST(Rng, SplitmixGivesTheNumbersOfItsReference)
{
    std::uint64_t state = 0;
    EXPECT_EQ(splitmix64(state), 0xe220a8397b1dcdafU);
    EXPECT_EQ(splitmix64(state), 0x6e789e6aa1b965f4U);
    EXPECT_EQ(splitmix64(state), 0x06c45d188009454fU);
}

TEST(Rng, BelowReachesEachNumberAndNoOther)
{
    rng numbers(3);
    std::set<std::uint32_t> seen;
    for (int i = 0; i < 1000; ++i)
        seen.insert(numbers.below(7));
    EXPECT_EQ(seen, (std::set<std::uint32_t>{0, 1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(numbers.below(1), 0U);
}

TEST(Rng, SeedsGiveStreamsOfTheirOwn)
{
    EXPECT_EQ(rng(5).next(), rng(5).next());
    EXPECT_NE(rng(5).next(), rng(6).next());
}

} // namespace
} // namespace sim
