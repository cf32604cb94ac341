// The search over states, on programs whose states can be counted by hand.
#include "checker/search/state_search.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "scenarios/stage.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/rng.hpp"

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
    // In words of their own: what lies in one word counts as one.
    for (shared *own : {make_shared(), make_shared()})
        start("counter", [own] {
            for (unsigned i = 0; i < increments; ++i)
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

constexpr std::array<const char *, 4> broken_expectations = {"by the setup", "by the first", "by the second", "by the third"};

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
            sim::report({sim::verdict_kind::bug, "BUG_ON", broken_expectations[sim::current_task()], {}});
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

// Each step is checked to have changed nothing but what its footprint lists.
searched search(void (*build)(), search_bounds bounds = {})
{
    bounds.self_check = true;
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
    searched found = search(build_two_counters);
    EXPECT_EQ(found.bound, "");
    EXPECT_EQ(found.counts.states, 2 * each - 1);
    EXPECT_EQ(found.counts.revisits, 0U);
    EXPECT_EQ(found.counts.ends, 1U);
    EXPECT_GE(found.counts.passes, 2U);
}

TEST(StateSearch, FindsTheSameWithFewerStates)
{
    for (auto build : {build_two_counters, build_lost_update, build_crossed_locks, build_choice}) {
        searched all = search(build, {.reduce = reduction::none});
        searched fewer = search(build);
        EXPECT_LE(fewer.counts.states, all.counts.states);
        EXPECT_EQ(fewer.counts.ends, all.counts.ends);
        ASSERT_EQ(fewer.findings.size(), all.findings.size());
        for (std::size_t i = 0; i < all.findings.size(); ++i)
            EXPECT_EQ(fewer.findings[i].fingerprint, all.findings[i].fingerprint);
    }
}

std::vector<std::uint64_t> fingerprints_of(const searched &result)
{
    std::vector<std::uint64_t> all;
    for (const state_finding &each : result.findings)
        all.push_back(each.fingerprint);
    std::ranges::sort(all);
    return all;
}

TEST(StateSearch, FindsTheSameInRandomPrograms)
{
    sim::rng random(1);
    std::uint64_t states = 0;
    std::uint64_t fewer_states = 0;
    unsigned with_findings = 0;
    for (unsigned program = 0; program < 150; ++program) {
        make_random_program(random);
        searched all = search(build_random_program, {.reduce = reduction::none});
        searched fewer = search(build_random_program);
        ASSERT_EQ(fewer.counts.ends, all.counts.ends) << "program " << program;
        ASSERT_EQ(fingerprints_of(fewer), fingerprints_of(all)) << "program " << program;
        states += all.counts.states;
        fewer_states += fewer.counts.states;
        with_findings += all.findings.empty() ? 0 : 1;
    }
    EXPECT_GT(with_findings, 10U);
    EXPECT_LT(fewer_states * 2, states);
}

TEST(StateSearch, KnowsThatWhoStandsAtAGateTouchesIt)
{
    searched all = search(build_crossing, {.reduce = reduction::none});
    EXPECT_EQ(all.findings.size(), 2U);
    EXPECT_EQ(fingerprints_of(search(build_crossing)), fingerprints_of(all));
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
    constexpr reduction none = reduction::none;
    EXPECT_EQ(search(build_two_counters, {.reduce = none, .states_max = 24}).bound, "--max-states");
    EXPECT_EQ(search(build_two_counters, {.reduce = none, .states_max = 24}).counts.states, 24U);
    EXPECT_EQ(search(build_two_counters, {.reduce = none, .states_max = 25}).bound, "");
    EXPECT_EQ(search(build_two_counters, {.memory_max = 1 << 12}).bound, "--max-memory");
}

TEST(StateSearch, GivesTheProbabilityOfAMissedState)
{
    EXPECT_LT(collision_probability(1'000'000), 1e-7);
    EXPECT_GT(collision_probability(1'000'000), 1e-8);
    EXPECT_EQ(collision_probability(std::uint64_t{1} << 32), 0.5);
    EXPECT_EQ(collision_probability(UINT64_MAX), 1);
}

} // namespace interfuse
