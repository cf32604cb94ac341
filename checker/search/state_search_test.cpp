// The search over states, on programs whose states can be counted by hand.
#include "checker/search/state_search.hpp"

#include <string>

#include <gtest/gtest.h>

#include "scenarios/stage.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/mutex.hpp"

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

// A task that ends with its body, as no process does.
template <typename Body> void start(const char *name, Body body)
{
    kernel::make_task_struct(sim::start_task(name, body), nullptr, nullptr);
}

constexpr unsigned increments = 3;

void build_two_counters()
{
    shared *all = make_shared();
    for (kernel::atomic_t &own : all->counters)
        start("counter", [&own] {
            for (unsigned i = 0; i < increments; ++i)
                kernel::atomic_inc(&own);
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

run_setup setup_of(const scenario &which)
{
    run_setup setup;
    setup.which = &which;
    setup.parameters = complete_parameters(which, {}).values;
    return setup;
}

searched search(void (*build)(), const search_bounds &bounds = {})
{
    static scenario which;
    which = {.name = "test", .question = "", .expected = "", .parameters = with_common_parameters({}), .build = build};
    runner on(setup_of(which));
    return search_states(on, bounds, [](const search_counts &, std::size_t) {});
}

} // namespace

TEST(StateSearch, SeesTheProductOfTwoTasksThatShareNothing)
{
    // Not begun, before each increment, ended.
    constexpr unsigned each = increments + 2;
    searched found = search(build_two_counters);
    EXPECT_EQ(found.bound, "");
    EXPECT_EQ(found.counts.states, each * each);
    EXPECT_EQ(found.counts.transitions, 2 * each * (each - 1));
    EXPECT_EQ(found.counts.revisits, found.counts.transitions - (found.counts.states - 1));
    EXPECT_EQ(found.counts.ends, 1U);
    EXPECT_TRUE(found.findings.empty());
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
    EXPECT_EQ(found.findings[0].verdict.kind, sim::verdict_kind::bug);
    EXPECT_GE(found.findings[0].count, 1U);
    EXPECT_EQ(found.bound, "");
    EXPECT_GE(found.findings[0].path.size(), 6U);
}

TEST(StateSearch, FindsTheOneDeadlockOfCrossedLocks)
{
    searched found = search(build_crossed_locks);
    ASSERT_EQ(found.findings.size(), 1U);
    EXPECT_EQ(found.findings[0].verdict.kind, sim::verdict_kind::hung);
    EXPECT_EQ(found.findings[0].count, 1U);
    EXPECT_EQ(found.counts.ends, 2U);
}

TEST(StateSearch, EndsItsPathsAlikeWhenTheyAreRunAgain)
{
    for (auto build : {build_lost_update, build_crossed_locks}) {
        searched found = search(build);
        ASSERT_EQ(found.findings.size(), 1U);
        static scenario which;
        which = {.name = "test", .question = "", .expected = "", .parameters = with_common_parameters({}), .build = build};
        runner on(setup_of(which));
        guided_strategy chooser(found.findings[0].path);
        run_result again = on.run(chooser, 0);
        EXPECT_EQ(chooser.error(), "");
        EXPECT_EQ(again.fingerprint, found.findings[0].fingerprint);
        EXPECT_EQ(again.verdict.message, found.findings[0].verdict.message);
    }
}

TEST(StateSearch, SaysWhichBoundStoppedIt)
{
    EXPECT_EQ(search(build_two_counters, {.states_max = 24}).bound, "--max-states");
    EXPECT_EQ(search(build_two_counters, {.states_max = 24}).counts.states, 24U);
    EXPECT_EQ(search(build_two_counters, {.states_max = 25}).bound, "");
    EXPECT_EQ(search(build_two_counters, {.memory_max = 1 << 16}).bound, "--max-memory");
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
    EXPECT_LT(collision_probability(1'000'000), 1e-7);
    EXPECT_GT(collision_probability(1'000'000), 1e-8);
    EXPECT_EQ(collision_probability(std::uint64_t{1} << 32), 0.5);
    EXPECT_EQ(collision_probability(UINT64_MAX), 1);
}

} // namespace interfuse
