// What is left of a search that is stopped in a later pass.
#include <csignal>
#include <cstdlib>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "checker/search/interruption.hpp"
#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"

namespace interfuse {

namespace {

// A counter in which anybody may be preempted, and a value. No two of the stores to it commute. What is found is found where the
// third writer, which is tried first, is half through, the others have not begun, and the reader, which is tried last, comes next.
void build_found_late()
{
    struct shared {
        kernel::atomic_t steps;
        int last;
    };
    static constexpr int stores = 20;
    auto *all = static_cast<shared *>(sim::allocate(sizeof(shared)));
    start("reader", [all] {
        kernel::atomic_inc(&all->steps);
        kernel::BUG_ON(all->last == 300 + stores / 2);
    });
    for (int number = 1; number <= 3; ++number)
        start("writer", [all, number] {
            for (int i = 1; i <= stores; ++i) {
                kernel::atomic_inc(&all->steps);
                all->last = 100 * number + i;
            }
        });
}

state_finding finding_of(std::uint64_t fingerprint, std::uint64_t count)
{
    return {"found", fingerprint, count, {}, {}};
}

// How such a search was stopped, for whoever waits for the process.
std::string ending_of(const searched &result)
{
    return fmt::format("{} findings, pass {}, signal {}", result.findings.size(), result.counts.passes, result.interrupted);
}

} // namespace

TEST(passes, what_an_earlier_one_has_found_stays_found)
{
    std::vector<state_finding> found = found_so_far({finding_of(1, 10), finding_of(2, 20)}, {finding_of(3, 1), finding_of(2, 2)});
    ASSERT_EQ(found.size(), 3U);
    EXPECT_EQ(found[0].fingerprint, 3U);
    EXPECT_EQ(found[1].fingerprint, 2U);
    EXPECT_EQ(found[1].count, 2U) << "of the latest that has met it";
    EXPECT_EQ(found[2].fingerprint, 1U);
    EXPECT_EQ(found[2].count, 10U);
}

TEST(passes, a_signal_in_a_later_one_loses_no_finding)
{
    auto stop_third = [] {
        note_interruptions();
        runner on(setup_of(build_found_late));
        searched result = search_states(on, {.reduce = reduction::local_steps, .first_part = 35'000}, [](const search_counts &so_far) {
            if (so_far.passes == 3 && interruption() == 0)
                std::raise(SIGINT);
        });
        fmt::print(stderr, "{}\n", ending_of(result));
        std::exit(0);
    };
    EXPECT_EXIT(stop_third(), testing::ExitedWithCode(0), "1 findings, pass 3, signal 2");
}

TEST(passes, none_begins_that_would_stop_at_once)
{
    searched result = search(build_found_late, {.reduce = reduction::local_steps, .first_part = 50, .deadline = {}});
    EXPECT_EQ(result.bound, bound_of_time);
    EXPECT_EQ(result.counts.passes, 1U);
    EXPECT_EQ(result.counts.states, 50U);
}

TEST(passes, a_skim_sees_no_more_than_a_part)
{
    runner on(setup_of(build_found_late));
    auto nothing = [](const search_counts &) {};
    searched all = search_states(on, {.reduce = reduction::local_steps}, nothing);
    searched in_parts = search_states(on, {.reduce = reduction::local_steps, .first_part = 4, .skimmed_part = 5}, nothing);
    EXPECT_EQ(in_parts.counts.passes, 3U);
    EXPECT_EQ(in_parts.counts.states_of_all_passes - in_parts.counts.states, 4U + 5U);
    EXPECT_EQ(in_parts.bound, "");
    EXPECT_EQ(in_parts.counts.ends, all.counts.ends);
    EXPECT_EQ(fingerprints_of(in_parts), fingerprints_of(all));
}

} // namespace interfuse
