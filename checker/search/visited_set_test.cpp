// The set of visited states.
#include "checker/search/visited_set.hpp"

#include <array>

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include "sim/rng.hpp"

namespace interfuse {

using answer = visited_set::answer;

TEST(VisitedSet, KnowsEachKeyOnceWhileItGrows)
{
    constexpr unsigned keys = 100'000;
    visited_set seen(64 << 20);
    sim::rng first(1);
    for (unsigned i = 0; i < keys; ++i)
        ASSERT_EQ(seen.add({first.next()}).what, answer::fresh) << i;
    sim::rng again(1);
    for (unsigned i = 0; i < keys; ++i)
        ASSERT_EQ(seen.add({again.next()}).what, answer::seen) << i;
    EXPECT_EQ(seen.size(), keys);
}

TEST(VisitedSet, NeedsAtMostSixteenBytesAState)
{
    visited_set seen(64 << 20);
    sim::rng keys(2);
    while (seen.size() < 300'000) {
        seen.add({keys.next()});
        if (seen.size() > 10'000) {
            ASSERT_LE(seen.bytes(), 16 * seen.size()) << seen.size();
        }
    }
}

TEST(VisitedSet, KeepsWhoSleptAtEachVisitToAKeyWhileItGrows)
{
    constexpr unsigned keys = 50'000;
    visited_set seen(64 << 20, 3);
    sim::rng first(4);
    for (unsigned i = 0; i < keys; ++i)
        seen.add({first.next()}, static_cast<visited_set::sleepers>(i | 1));
    sim::rng again(4);
    for (unsigned i = 0; i < keys; ++i) {
        visited_set::added known = seen.add({again.next()}, 0x00ff);
        ASSERT_EQ(known.what, answer::seen);
        ASSERT_EQ(known.before, static_cast<visited_set::sleepers>(i | 1));
    }
    sim::rng once_more(4);
    for (unsigned i = 0; i < keys; ++i)
        ASSERT_EQ(seen.add({once_more.next()}).before, (i | 1) & 0xff);
}

TEST(VisitedSet, TakesEachKeyButOneForAnother)
{
    visited_set seen(1 << 20);
    EXPECT_EQ(seen.add({0}).what, answer::fresh);
    EXPECT_EQ(seen.add({0}).what, answer::seen);
    EXPECT_EQ(seen.add({~std::uint64_t{0}}).what, answer::fresh);
    EXPECT_EQ(seen.add({~std::uint64_t{0} - 1}).what, answer::fresh);
    EXPECT_EQ(seen.add({~std::uint64_t{0}}).what, answer::seen);
}

TEST(VisitedSet, TellsKeysApartByTheirUpperHalvesWhereTheyAreWide)
{
    constexpr unsigned keys = 20'000;
    visited_set seen(64 << 20, 3, true);
    sim::rng first(5);
    for (unsigned i = 0; i < keys; ++i) {
        std::uint64_t low = first.next();
        ASSERT_EQ(seen.add({low, 1}, 5).what, answer::fresh);
        ASSERT_EQ(seen.add({low, 2}, 6).what, answer::fresh);
    }
    sim::rng again(5);
    for (unsigned i = 0; i < keys; ++i) {
        std::uint64_t low = again.next();
        ASSERT_TRUE(seen.contains({low, 1}));
        ASSERT_FALSE(seen.contains({low, 3}));
        ASSERT_EQ(seen.add({low, 1}).before, 5);
        ASSERT_EQ(seen.add({low, 2}).before, 6);
    }
    EXPECT_EQ(seen.size(), 2 * keys);
}

TEST(VisitedSet, SaysThatItIsFullAndKeepsWhatItHas)
{
    visited_set seen(64 << 10);
    sim::rng keys(3);
    std::uint64_t first = keys.next();
    EXPECT_EQ(seen.add({first}).what, answer::fresh);
    answer last = answer::fresh;
    while (last == answer::fresh)
        last = seen.add({keys.next()}).what;
    EXPECT_EQ(last, answer::full);
    EXPECT_LE(seen.bytes(), 64U << 10);
    EXPECT_GT(seen.size(), 1000U);
    EXPECT_EQ(seen.add({first}).what, answer::seen);
}

// Parts of more than a huge page, which two processes make grow at once.
TEST(VisitedSet, TellsOneOfTwoProcessesThatAKeyIsFresh)
{
    constexpr unsigned keys = 800'000;
    visited_set seen(64 << 20, 4);
    auto add_all = [&] {
        unsigned fresh = 0;
        sim::rng these(6);
        for (unsigned i = 0; i < keys; ++i)
            fresh += seen.add({these.next()}, 3).what == answer::fresh;
        return fresh;
    };
    std::array<int, 2> ends;
    ASSERT_EQ(pipe(ends.data()), 0);
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        unsigned fresh = add_all();
        _exit(write(ends[1], &fresh, sizeof fresh) == sizeof fresh ? 0 : 1);
    }
    close(ends[1]);
    unsigned by_parent = add_all();
    unsigned by_child = 0;
    ASSERT_EQ(read(ends[0], &by_child, sizeof by_child), static_cast<ssize_t>(sizeof by_child));
    waitpid(child, nullptr, 0);
    close(ends[0]);
    EXPECT_GT(by_parent, 0U);
    EXPECT_EQ(by_parent + by_child, keys);
    EXPECT_EQ(seen.size(), keys);
    sim::rng again(6);
    for (unsigned i = 0; i < keys; ++i)
        ASSERT_TRUE(seen.contains({again.next()})) << i;
}

} // namespace interfuse
