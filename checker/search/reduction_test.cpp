// With fewer orders of steps the search finds the same.
#include <algorithm>
#include <array>
#include <vector>

#include <gtest/gtest.h>

#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/rng.hpp"

namespace interfuse {

namespace {

// Whoever takes `inner` last ends the run inside, so a search may see the other one wait for it and never go on.
struct crossing {
    alignas(8) kernel::spinlock_t inner;
    alignas(8) kernel::spinlock_t outer;
    alignas(8) kernel::atomic_t counters[2];
    alignas(8) int opened, closed, left_is_near, right_is_near, may_enter;
};

[[gnu::noinline]] void go_left(crossing *all)
{
    if (all->opened == 0 || all->closed != 0)
        return;
    all->left_is_near = 1;
    kernel::spin_lock(&all->outer);
    if (all->may_enter != 0) {
        kernel::spin_lock(&all->inner);
        kernel::atomic_inc(&all->counters[0]);
        kernel::BUG_ON(kernel::atomic_read(&all->counters[0]) == 1);
    }
    kernel::spin_unlock(&all->outer);
}

[[gnu::noinline]] void go_right(crossing *all)
{
    if (all->opened == 0 || all->closed != 0 || all->left_is_near == 0)
        return;
    all->right_is_near = 1;
    kernel::spin_lock(&all->inner);
    kernel::atomic_inc(&all->counters[1]);
    kernel::BUG_ON(kernel::atomic_read(&all->counters[1]) == 1);
}

[[gnu::noinline]] void open_and_close(crossing *all)
{
    kernel::spin_lock(&all->outer);
    kernel::spin_lock(&all->inner);
    all->opened = 1;
    kernel::atomic_inc(&all->counters[0]);
    kernel::atomic_dec(&all->counters[0]);
    all->closed = 1;
    all->may_enter = all->right_is_near;
    kernel::spin_unlock(&all->inner);
    kernel::spin_unlock(&all->outer);
}

void build_crossing()
{
    auto *all = static_cast<crossing *>(sim::allocate(sizeof(crossing)));
    start("left", [all] { go_left(all); });
    start("right", [all] { go_right(all); });
    start("third", [all] { open_and_close(all); });
}

// Programs made at random: three tasks, each a few operations on four counters, which lie in words of their own, and two locks.
// Which they are a scenario's setup cannot be told, so it is told here.
enum class action : std::uint8_t { add, copy, lock, unlock, spin, let_go, expect_zero };
struct operation {
    action what;
    unsigned a, b;
};
std::array<std::vector<operation>, 3> random_program;

struct cells {
    struct alignas(8) cell {
        kernel::atomic_t counter;
    };
    std::array<cell, 4> counters;
    std::array<kernel::mutex, 2> locks;
    std::array<kernel::spinlock_t, 2> spinlocks;
};

void perform(cells *all, const operation &each)
{
    kernel::atomic_t *a = &all->counters[each.a].counter;
    switch (each.what) {
    case action::add:
        kernel::atomic_inc(a);
        break;
    case action::copy:
        kernel::atomic_set(&all->counters[each.b].counter, kernel::atomic_read(a));
        break;
    case action::lock:
        kernel::mutex_lock(&all->locks[each.a % 2]);
        break;
    case action::unlock:
        kernel::mutex_unlock(&all->locks[each.a % 2]);
        break;
    case action::spin:
        kernel::spin_lock(&all->spinlocks[each.a % 2]);
        break;
    case action::let_go:
        kernel::spin_unlock(&all->spinlocks[each.a % 2]);
        break;
    case action::expect_zero:
        if (kernel::atomic_read(a) == 2 && kernel::atomic_read(&all->counters[each.b].counter) == 0)
            sim::report({sim::verdict_kind::bug, broken_expectations[sim::current_task()], "it must not be", {}});
        break;
    }
}

void build_random_program()
{
    auto *all = static_cast<cells *>(sim::allocate(sizeof(cells)));
    for (kernel::mutex &lock : all->locks)
        kernel::mutex_init(&lock);
    for (unsigned task = 0; task < random_program.size(); ++task)
        start("task", [all, task] {
            for (const operation &each : random_program[task])
                perform(all, each);
        });
}

void make_random_program(sim::rng &random)
{
    for (auto &task : random_program) {
        task.clear();
        unsigned kind = random.below(3);
        bool locked = kind == 0;
        bool spinning = kind == 1;
        unsigned lock = random.below(2);
        if (locked)
            task.push_back({action::lock, lock, 0});
        if (spinning)
            task.push_back({action::spin, lock, 0});
        for (unsigned length = 2 + random.below(3); length > 0; --length) {
            constexpr std::array<action, 3> free_actions = {action::add, action::copy, action::expect_zero};
            task.push_back({free_actions[random.below(3)], random.below(4), random.below(4)});
            if (locked && random.below(3) == 0)
                task.push_back({action::lock, 1 - lock, 0}), task.push_back({action::unlock, 1 - lock, 0});
        }
        if (locked)
            task.push_back({action::unlock, lock, 0});
        if (spinning)
            task.push_back({action::let_go, lock, 0});
    }
}

void build_many_steps()
{
    for (int task = 0; task < 4; ++task)
        start("task", [counter = static_cast<kernel::atomic_t *>(sim::allocate(sizeof(kernel::atomic_t)))] {
            for (int i = 0; i < 12; ++i)
                kernel::atomic_inc(counter);
        });
}

} // namespace

TEST(SleepSets, VisitEachStateOfRandomProgramsByFewerSteps)
{
    sim::rng random(1);
    std::uint64_t transitions = 0;
    std::uint64_t fewer_transitions = 0;
    for (unsigned program = 0; program < 150; ++program) {
        make_random_program(random);
        searched all = search(build_random_program, {.reduce = reduction::none});
        searched fewer = search(build_random_program, {.reduce = reduction::sleep_sets});
        ASSERT_EQ(fewer.counts.states, all.counts.states) << "program " << program;
        ASSERT_EQ(fewer.counts.ends, all.counts.ends) << "program " << program;
        ASSERT_EQ(fingerprints_of(fewer), fingerprints_of(all)) << "program " << program;
        transitions += all.counts.transitions;
        fewer_transitions += fewer.counts.transitions;
    }
    EXPECT_LT(fewer_transitions * 3, transitions * 2);
}

// Every other search is not through with its first part, and skims, half of these without seeing all that a skim would.
static search_bounds in_parts(unsigned program, reduction reduce)
{
    search_bounds bounds{.reduce = reduce, .walks = 20};
    if (program % 2 == 1)
        bounds.first_part = 20;
    if (program % 4 == 3)
        bounds.skimmed_part = 40;
    return bounds;
}

TEST(LocalSteps, FindTheSameInRandomPrograms)
{
    sim::rng random(1);
    std::uint64_t states = 0;
    std::uint64_t kept = 0;
    std::uint64_t passed = 0;
    for (unsigned program = 0; program < 150; ++program) {
        make_random_program(random);
        searched all = search(build_random_program, {.reduce = reduction::none});
        searched fewer = search(build_random_program, in_parts(program, reduction::local_steps));
        ASSERT_EQ(fewer.counts.ends, all.counts.ends) << "program " << program;
        ASSERT_EQ(fingerprints_of(fewer), fingerprints_of(all)) << "program " << program;
        ASSERT_EQ(fewer.counts.walks, 20U) << "program " << program;
        states += all.counts.states;
        kept += fewer.counts.states;
        passed += fewer.counts.passed;
    }
    EXPECT_LT(kept * 3, states * 2);
    EXPECT_GT(passed * 10, kept);
}

TEST(SleepSets, OutlastTheMemoryOfTheirSteps)
{
    sim::rng random(5);
    for (unsigned program = 0; program < 30; ++program) {
        make_random_program(random);
        for (reduction reduce : {reduction::sleep_sets, reduction::local_steps}) {
            searched all = search(build_random_program, {.reduce = reduce});
            searched forgetful = search(build_random_program, {.reduce = reduce, .memory_of_steps = 4'000});
            ASSERT_EQ(forgetful.counts.transitions, all.counts.transitions) << "program " << program;
            ASSERT_EQ(forgetful.counts.states, all.counts.states) << "program " << program;
            ASSERT_EQ(fingerprints_of(forgetful), fingerprints_of(all)) << "program " << program;
        }
    }
}

TEST(LocalSteps, LeadToTheSameStatesInAnyOrder)
{
    sim::rng random(4);
    for (unsigned program = 0; program < 30; ++program) {
        make_random_program(random);
        searched first = search(build_random_program, {.reduce = reduction::local_steps});
        for (std::uint64_t seed : {1, 2, 3}) {
            searched another = search(build_random_program, {.reduce = reduction::local_steps, .seed = seed});
            ASSERT_EQ(another.counts.states, first.counts.states) << "program " << program;
            ASSERT_EQ(fingerprints_of(another), fingerprints_of(first)) << "program " << program;
        }
    }
}

TEST(PersistentSets, FindTheSameInRandomPrograms)
{
    sim::rng random(1);
    std::uint64_t states = 0;
    std::uint64_t fewer_states = 0;
    unsigned with_findings = 0;
    for (unsigned program = 0; program < 150; ++program) {
        make_random_program(random);
        searched all = search(build_random_program, {.reduce = reduction::none});
        searched fewer = search(build_random_program, in_parts(program, reduction::persistent_sets));
        ASSERT_EQ(fewer.counts.ends, all.counts.ends) << "program " << program;
        ASSERT_EQ(fingerprints_of(fewer), fingerprints_of(all)) << "program " << program;
        states += all.counts.states;
        fewer_states += fewer.counts.states;
        with_findings += all.findings.empty() ? 0 : 1;
    }
    EXPECT_GT(with_findings, 10U);
    EXPECT_LT(fewer_states * 3, states * 2);
}

TEST(PersistentSets, KnowThatWhoStandsAtAGateTouchesIt)
{
    searched all = search(build_crossing, {.reduce = reduction::none});
    EXPECT_EQ(all.findings.size(), 2U);
    EXPECT_EQ(fingerprints_of(search(build_crossing, {.reduce = reduction::persistent_sets})), fingerprints_of(all));
    EXPECT_EQ(fingerprints_of(search(build_crossing, {.reduce = reduction::sleep_sets})), fingerprints_of(all));
    EXPECT_EQ(fingerprints_of(search(build_crossing, {.reduce = reduction::local_steps})), fingerprints_of(all));
}

TEST(SeveralProcesses, SeeTheSameStatesAndFindTheSame)
{
    sim::rng random(2);
    for (reduction reduce : {reduction::none, reduction::sleep_sets, reduction::local_steps, reduction::persistent_sets})
        for (unsigned program = 0; program < 20; ++program) {
            make_random_program(random);
            searched alone = search(build_random_program, {.reduce = reduce});
            searched together = search(build_random_program, {.reduce = reduce, .jobs = 3, .first_part = 20});
            ASSERT_EQ(together.error, "");
            // Which states persistent sets leave out depends on the order.
            if (reduce != reduction::persistent_sets) {
                ASSERT_EQ(together.counts.states, alone.counts.states) << "program " << program;
            }
            ASSERT_EQ(together.counts.ends, alone.counts.ends) << "program " << program;
            ASSERT_EQ(fingerprints_of(together), fingerprints_of(alone)) << "program " << program;
        }
}

TEST(SeveralProcesses, TellHowFarTheyHaveCome)
{
    search_counts last;
    runner on(setup_of(build_many_steps));
    searched all = search_states(on, {.reduce = reduction::none, .jobs = 3}, [&](const search_counts &now) { last = now; });
    ASSERT_EQ(all.error, "");
    EXPECT_EQ(last.states, all.counts.states);
    EXPECT_GT(last.transitions, all.counts.transitions / 2);
    EXPECT_LE(last.transitions, all.counts.transitions);
    EXPECT_EQ(last.depth, all.counts.depth);
    EXPECT_GT(last.revisits, 0);
    EXPECT_EQ(last.visited_bytes, all.counts.visited_bytes);
}

} // namespace interfuse
