// The set of visited states.
#include "checker/search/visited_set.hpp"

#include <gtest/gtest.h>

#include "sim/rng.hpp"

namespace interfuse {

using answer = visited_set::answer;

TEST(VisitedSet, KnowsEachKeyOnceWhileItGrows)
{
    constexpr unsigned keys = 100'000;
    visited_set seen(64 << 20);
    sim::rng first(1);
    for (unsigned i = 0; i < keys; ++i)
        ASSERT_EQ(seen.add(first.next()), answer::fresh) << i;
    sim::rng again(1);
    for (unsigned i = 0; i < keys; ++i)
        ASSERT_EQ(seen.add(again.next()), answer::seen) << i;
    EXPECT_EQ(seen.size(), keys);
}

TEST(VisitedSet, NeedsAtMostSixteenBytesAState)
{
    visited_set seen(64 << 20);
    sim::rng keys(2);
    while (seen.size() < 300'000) {
        seen.add(keys.next());
        if (seen.size() > 10'000) {
            ASSERT_LE(seen.bytes(), 16 * seen.size()) << seen.size();
        }
    }
}

TEST(VisitedSet, TakesEachKeyButOneForAnother)
{
    visited_set seen(1 << 20);
    EXPECT_EQ(seen.add(0), answer::fresh);
    EXPECT_EQ(seen.add(0), answer::seen);
    EXPECT_EQ(seen.add(~std::uint64_t{0}), answer::fresh);
    EXPECT_EQ(seen.add(~std::uint64_t{0} - 1), answer::fresh);
    EXPECT_EQ(seen.add(~std::uint64_t{0}), answer::seen);
}

TEST(VisitedSet, SaysThatItIsFullAndKeepsWhatItHas)
{
    visited_set seen(64 << 10);
    sim::rng keys(3);
    std::uint64_t first = keys.next();
    EXPECT_EQ(seen.add(first), answer::fresh);
    answer last = answer::fresh;
    while (last == answer::fresh)
        last = seen.add(keys.next());
    EXPECT_EQ(last, answer::full);
    EXPECT_LE(seen.bytes(), 64U << 10);
    EXPECT_GT(seen.size(), 1000U);
    EXPECT_EQ(seen.add(first), answer::seen);
}

} // namespace interfuse
