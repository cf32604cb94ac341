// The search over states, on programs whose states can be counted by hand.
#include "checker/search/state_search.hpp"

#include <cmath>
#include <string>

#include <gtest/gtest.h>

#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/spinlock.hpp"

namespace interfuse {

namespace {

struct shared {
    kernel::atomic_t counters[2];
    kernel::mutex locks[2];
};

shared *make_shared()
{
    auto *all = static_cast<shared *>(sim::allocate(sizeof(shared)));
    for (kernel::mutex &lock : all->locks)
        kernel::mutex_init(&lock);
    return all;
}

constexpr unsigned increments = 3;

void build_two_counters()
{
    // In words of their own: what lies in one word counts as one. Without a loop, behind which persistent sets try
    // everybody.
    for (shared *own : {make_shared(), make_shared()})
        start("counter", [own] {
            kernel::atomic_inc(&own->counters[0]);
            kernel::atomic_inc(&own->counters[0]);
            kernel::atomic_inc(&own->counters[0]);
        });
}

void build_many_counters()
{
    for (unsigned task = 0; task < 4; ++task)
        start("counter", [own = make_shared()] {
            for (unsigned i = 0; i < 4 * increments; ++i)
                kernel::atomic_inc(&own->counters[0]);
        });
}

void build_lost_update()
{
    shared *all = make_shared();
    for (int i = 0; i < 2; ++i)
        start("adder", [all] {
            int seen = kernel::atomic_read(&all->counters[0]);
            kernel::atomic_inc(&all->counters[1]);
            all->counters[0].counter = seen + 1;
            kernel::BUG_ON(kernel::atomic_read(&all->counters[1]) == 2 && all->counters[0].counter == 1);
        });
}

void build_crossed_locks()
{
    shared *all = make_shared();
    for (unsigned first = 0; first < 2; ++first)
        start(first == 0 ? "left" : "right", [all, first] {
            kernel::mutex_lock(&all->locks[first]);
            kernel::mutex_lock(&all->locks[1 - first]);
            kernel::mutex_unlock(&all->locks[1 - first]);
            kernel::mutex_unlock(&all->locks[first]);
        });
}

void build_crossed_spinlocks()
{
    auto *locks = static_cast<kernel::spinlock_t *>(sim::allocate(2 * sizeof(kernel::spinlock_t)));
    for (unsigned first = 0; first < 2; ++first)
        start(first == 0 ? "left" : "right", [locks, first] {
            kernel::spin_lock(&locks[first]);
            kernel::spin_lock(&locks[1 - first]);
            kernel::spin_unlock(&locks[1 - first]);
            kernel::spin_unlock(&locks[first]);
        });
}

// The reader keeps what it has read where nobody reads it again.
void build_dead_variable()
{
    shared *all = make_shared();
    start("writer", [all] {
        kernel::atomic_inc(&all->counters[0]);
        kernel::atomic_dec(&all->counters[0]);
    });
    start("reader", [all] {
        [[maybe_unused]] volatile int seen = kernel::atomic_read(&all->counters[0]);
        kernel::atomic_inc(&all->counters[1]);
        kernel::atomic_inc(&all->counters[1]); // its frame is gone by then: nothing comes behind the call
    });
}

__attribute__((noinline, no_sanitize("thread"))) void store_unseen(int *to)
{
    *to = 1;
}

void build_unseen_store()
{
    shared *all = make_shared();
    start("forger", [all] {
        store_unseen(&all->counters[1].counter);
        kernel::atomic_inc(&all->counters[0]);
    });
}

void build_choice()
{
    shared *all = make_shared();
    start("chooser", [all] {
        unsigned answer = sim::choose(sim::choice_kind::behaviour, 3);
        answer = (answer + 1) * 4 + sim::choose(sim::choice_kind::behaviour, answer + 1);
        all->counters[0].counter = static_cast<int>(answer);
        kernel::atomic_inc(&all->counters[1]);
    });
}

} // namespace

TEST(StateSearch, SeesTheProductOfTwoTasksThatShareNothing)
{
    // Not begun, before each increment, ended.
    constexpr unsigned each = increments + 2;
    searched found = search(build_two_counters, {.reduce = reduction::none});
    EXPECT_EQ(found.bound, "");
    EXPECT_EQ(found.counts.states, each * each);
    EXPECT_EQ(found.counts.transitions, 2 * each * (each - 1));
    EXPECT_EQ(found.counts.revisits, found.counts.transitions - (found.counts.states - 1));
    EXPECT_EQ(found.counts.ends, 1U);
    EXPECT_TRUE(found.findings.empty());
}

TEST(StateSearch, FollowsOneOrderOfTwoTasksThatShareNothing)
{
    constexpr unsigned each = increments + 2;
    searched found = search(build_two_counters, {.reduce = reduction::persistent_sets});
    EXPECT_EQ(found.bound, "");
    EXPECT_EQ(found.counts.transitions, 2 * (each - 1));
    EXPECT_EQ(found.counts.passed, 2 * (each - 1));
    EXPECT_EQ(found.counts.states, 1U);
    EXPECT_EQ(found.counts.ends, 1U);
}

TEST(StateSearch, TakesOneStepToEachStateOfTwoTasksThatShareNothing)
{
    constexpr unsigned each = increments + 2;
    searched found = search(build_two_counters, {.reduce = reduction::sleep_sets});
    EXPECT_EQ(found.counts.states, each * each);
    EXPECT_EQ(found.counts.transitions, each * each - 1);
    EXPECT_EQ(found.counts.revisits, 0U);
}

TEST(StateSearch, FindsTheSameWithFewerStates)
{
    for (auto build : {build_two_counters, build_lost_update, build_crossed_locks, build_choice}) {
        searched all = search(build, {.reduce = reduction::none});
        searched fewer = search(build, {.reduce = reduction::persistent_sets});
        EXPECT_LE(fewer.counts.states, all.counts.states);
        EXPECT_EQ(fewer.counts.ends, all.counts.ends);
        ASSERT_EQ(fewer.findings.size(), all.findings.size());
        for (std::size_t i = 0; i < all.findings.size(); ++i)
            EXPECT_EQ(fewer.findings[i].fingerprint, all.findings[i].fingerprint);
    }
}

TEST(StateSearchDeathTest, ChecksThatFootprintsListWhatIsChanged)
{
    EXPECT_EXIT(search(build_unseen_store), testing::ExitedWithCode(70), "after a step");
}

TEST(StateSearch, TriesEachAnswerOfEachChoice)
{
    searched found = search(build_choice);
    // The start, then 1 + 2 + 3 pairs of answers before the increment and after it.
    EXPECT_EQ(found.counts.ends, 6U);
    EXPECT_EQ(found.counts.states, 1 + 6 + 6U);
    EXPECT_EQ(found.counts.transitions, 12U);
}

TEST(StateSearch, FindsALostUpdateAndTheStepsToIt)
{
    searched found = search(build_lost_update);
    ASSERT_EQ(found.findings.size(), 1U);
    EXPECT_EQ(found.findings[0].message, "kernel BUG in operator()");
    EXPECT_GE(found.findings[0].count, 1U);
    EXPECT_EQ(found.bound, "");
    EXPECT_GE(found.findings[0].path.size(), 6U);
}

TEST(StateSearch, FindsTheOneDeadlockOfCrossedLocks)
{
    searched found = search(build_crossed_locks);
    ASSERT_EQ(found.findings.size(), 1U);
    EXPECT_NE(found.findings[0].message.find("left sleeps in"), std::string::npos) << found.findings[0].message;
    EXPECT_EQ(found.findings[0].count, 1U);
    EXPECT_EQ(found.counts.ends, 2U);
}

TEST(StateSearch, EndsItsPathsAlikeWhenTheyAreRunAgain)
{
    for (auto build : {build_lost_update, build_crossed_locks, build_crossed_spinlocks}) {
        searched found = search(build);
        ASSERT_EQ(found.findings.size(), 1U);
        runner on(setup_of(build));
        guided_strategy chooser(found.findings[0].path);
        run_result again = on.run(chooser, 0);
        EXPECT_EQ(chooser.error(), "");
        EXPECT_EQ(again.fingerprint, found.findings[0].fingerprint);
        EXPECT_EQ(again.verdict.message, found.findings[0].message);
    }
}

TEST(StateSearch, SaysWhichBoundStoppedIt)
{
    constexpr reduction none = reduction::none;
    EXPECT_EQ(search(build_two_counters, {.reduce = none, .states_max = 24}).bound, "--max-states");
    EXPECT_EQ(search(build_two_counters, {.reduce = none, .states_max = 24}).counts.states, 24U);
    EXPECT_EQ(search(build_two_counters, {.reduce = none, .states_max = 25}).bound, "");
    EXPECT_EQ(search(build_many_counters, {.reduce = none, .memory_max = 1 << 17}).bound, "--max-memory");
}

TEST(StateSearch, KnowsTheSameStatesByHashesOf128Bits)
{
    searched narrow = search(build_crossed_locks, {.walks = 50});
    searched wide = search(build_crossed_locks, {.wide = true, .walks = 50});
    EXPECT_EQ(wide.counts.states, narrow.counts.states);
    EXPECT_EQ(wide.counts.transitions, narrow.counts.transitions);
    EXPECT_GT(wide.counts.visited_bytes, narrow.counts.visited_bytes);
    EXPECT_EQ(wide.counts.walks, 50U);
}

TEST(StateSearch, FindsAShortestWayLayerByLayer)
{
    for (auto build : {build_two_counters, build_lost_update, build_crossed_locks, build_choice}) {
        searched deep = search(build, {.reduce = reduction::none});
        searched broad = search(build, {.reduce = reduction::none, .shortest = true, .walks = 20});
        EXPECT_EQ(broad.bound, "");
        EXPECT_EQ(broad.counts.states, deep.counts.states);
        EXPECT_EQ(broad.counts.transitions, deep.counts.transitions);
        EXPECT_EQ(broad.counts.revisits, deep.counts.revisits);
        EXPECT_EQ(broad.counts.ends, deep.counts.ends);
        ASSERT_EQ(broad.findings.size(), deep.findings.size());
        for (std::size_t i = 0; i < deep.findings.size(); ++i)
            EXPECT_LE(broad.findings[i].path.size(), deep.findings[i].path.size());
    }
    // Both have to begin, to read, to count and to store before the second one looks.
    EXPECT_EQ(search(build_lost_update, {.reduce = reduction::none, .shortest = true}).findings.at(0).path.size(), 7U);
    EXPECT_EQ(search(build_lost_update, {.reduce = reduction::none, .shortest = true, .states_max = 5}).bound,
              "--max-states");
}

TEST(StateSearch, TriesOutWhatItTakesForGranted)
{
    searched found = search(build_lost_update);
    EXPECT_EQ(found.counts.checks.behaved_alike, found.counts.revisits);
    EXPECT_GT(found.counts.checks.behaved_alike, 0U);
    EXPECT_GT(found.counts.checks.commuted, 0U);
    EXPECT_EQ(search(build_lost_update, {.reduce = reduction::none}).counts.checks.commuted, 0U);
}

TEST(StateSearch, CountsWhatDiffersOnStacksAlone)
{
    // Between the writer's two steps, and behind them, the reader has seen one number or the other.
    EXPECT_EQ(search(build_dead_variable, {.reduce = reduction::none}).counts.checks.differ_on_stacks, 2U);
    EXPECT_EQ(search(build_two_counters, {.reduce = reduction::none}).counts.checks.differ_on_stacks, 0U);
}

TEST(StateSearch, SeesTheSameInEachOrder)
{
    searched first = search(build_lost_update);
    bool other_way = false;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
        searched other = search(build_lost_update, {.seed = seed});
        EXPECT_EQ(other.counts.states, first.counts.states);
        ASSERT_EQ(other.findings.size(), 1U);
        EXPECT_EQ(other.findings[0].fingerprint, first.findings[0].fingerprint);
        other_way = other_way || other.findings[0].path.front().task != first.findings[0].path.front().task;
    }
    EXPECT_TRUE(other_way);
}

TEST(StateSearch, ComesToTheSameNumbersTwice)
{
    searched first = search(build_lost_update);
    searched second = search(build_lost_update);
    EXPECT_EQ(first.counts.states, second.counts.states);
    EXPECT_EQ(first.counts.transitions, second.counts.transitions);
    EXPECT_EQ(first.findings[0].count, second.findings[0].count);
}

TEST(StateSearch, GivesTheProbabilityOfAMissedState)
{
    EXPECT_LT(collision_probability(1'000'000, false), 1e-7);
    EXPECT_GT(collision_probability(1'000'000, false), 1e-8);
    EXPECT_EQ(collision_probability(std::uint64_t{1} << 32, false), 0.5);
    EXPECT_EQ(collision_probability(UINT64_MAX, false), 1);
    EXPECT_EQ(collision_probability(std::uint64_t{1} << 32, true), std::exp2(-65));
}

} // namespace interfuse
