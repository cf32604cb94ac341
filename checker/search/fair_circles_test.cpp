// Livelocks of programs of a few lines.
#include "checker/search/fair_circles.hpp"

#include <gtest/gtest.h>

#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/semaphore.hpp"

namespace interfuse {

namespace {

struct flags {
    struct alignas(8) flag {
        kernel::atomic_t set;
    };
    flag of[2];
    alignas(8) kernel::semaphore sem;
};

flags *make_flags()
{
    auto *all = static_cast<flags *>(sim::allocate(sizeof(flags)));
    kernel::sema_init(&all->sem, 0);
    return all;
}

searched circles_of(void (*build)(), search_bounds bounds = {})
{
    bounds.reduce = reduction::none;
    bounds.livelocks = true;
    return search(build, bounds);
}

void spin_until(kernel::atomic_t *flag)
{
    while (kernel::atomic_read(flag) == 0) {
    }
}

// Each waits for what the other would do behind its own loop.
void build_two_that_wait_for_each_other()
{
    flags *all = make_flags();
    for (unsigned own = 0; own < 2; ++own)
        start("waiter", [all, own] {
            spin_until(&all->of[1 - own].set);
            kernel::atomic_set(&all->of[own].set, 1);
        });
}

void build_spin_that_another_ends()
{
    flags *all = make_flags();
    start("waiter", [all] { spin_until(&all->of[0].set); });
    start("setter", [all] {
        kernel::atomic_inc(&all->of[1].set);
        kernel::atomic_set(&all->of[0].set, 1);
    });
}

// The setter is asleep, and only the end of the loop would wake it.
void build_spin_that_a_sleeper_would_end()
{
    flags *all = make_flags();
    start("waiter", [all] {
        spin_until(&all->of[0].set);
        kernel::up(&all->sem);
    });
    start("setter", [all] {
        kernel::down(&all->sem);
        kernel::atomic_set(&all->of[0].set, 1);
    });
}

// Two that each step back for the other, as polite people before a door.
void build_two_that_give_way()
{
    flags *all = make_flags();
    for (unsigned own = 0; own < 2; ++own)
        start("polite", [all, own] {
            kernel::atomic_set(&all->of[own].set, 1);
            while (kernel::atomic_read(&all->of[1 - own].set) != 0) {
                kernel::atomic_set(&all->of[own].set, 0);
                kernel::atomic_set(&all->of[own].set, 1);
            }
            kernel::atomic_set(&all->of[own].set, 0);
        });
}

// It serves two requests and sleeps in between.
void build_daemon_loop()
{
    flags *all = make_flags();
    start("daemon", [all] {
        for (;;) {
            kernel::down(&all->sem);
            kernel::atomic_inc(&all->of[0].set);
            if (kernel::atomic_read(&all->of[0].set) == 2)
                return;
        }
    });
    for (int i = 0; i < 2; ++i)
        start("requester", [all] { kernel::up(&all->sem); });
}

// A circle for one of the answers only.
void build_choice_to_go_on()
{
    flags *all = make_flags();
    start("chooser", [all] {
        while (sim::choose(sim::choice_kind::behaviour, 2) == 1)
            kernel::atomic_read(&all->of[0].set);
    });
}

void build_counter_without_end()
{
    flags *all = make_flags();
    start("counter", [all] {
        for (;;)
            kernel::atomic_inc(&all->of[0].set);
    });
}

// What explore says of a run that goes round.
run_result go_round(void (*build)(), const state_finding &found, std::size_t rounds)
{
    std::vector<search_step> path = found.path;
    for (std::size_t i = 0; i < rounds * found.round; ++i)
        path.push_back(path[path.size() - found.round]);
    static scenario which;
    which = {.name = "test", .question = "", .expected = "", .parameters = with_common_parameters({}), .build = build};
    run_setup setup = setup_of(which);
    setup.limits.steps_max = static_cast<std::uint32_t>(path.size());
    runner on(setup);
    guided_strategy chooser(path);
    run_result result = on.run(chooser, 0);
    EXPECT_EQ(chooser.error(), "");
    return result;
}

} // namespace

TEST(FairCircles, AreWhereAllWhoCanGoOnGoRound)
{
    for (auto build : {build_two_that_wait_for_each_other, build_spin_that_a_sleeper_would_end, build_two_that_give_way,
                       build_choice_to_go_on}) {
        searched found = circles_of(build);
        EXPECT_EQ(found.bound, "");
        ASSERT_EQ(found.findings.size(), 1U);
        const state_finding &circle = found.findings[0];
        EXPECT_EQ(circle.kind, finding_kind::circle);
        EXPECT_GE(circle.path.size(), circle.round);
        run_result again = go_round(build, circle, 4);
        EXPECT_EQ(again.verdict.invariant, "livelock") << again.verdict.message;
    }
}

TEST(FairCircles, EachTaskThatCanGoOnHasATurnInOne)
{
    const state_finding circle = circles_of(build_two_that_wait_for_each_other).findings.at(0);
    std::uint64_t tasks = 0;
    for (std::size_t i = circle.path.size() - circle.round; i < circle.path.size(); ++i)
        tasks |= std::uint64_t{1} << circle.path[i].task;
    EXPECT_EQ(tasks, 6U); // the setup's task is 0
}

TEST(FairCircles, AreNotWhereSomebodyWhoWaitsForHisTurnWouldEndThem)
{
    for (auto build : {build_spin_that_another_ends, build_daemon_loop}) {
        searched found = circles_of(build);
        EXPECT_EQ(found.bound, "");
        EXPECT_TRUE(found.findings.empty()) << found.findings[0].message;
        EXPECT_EQ(found.counts.components, build == build_daemon_loop ? 0U : 2U);
    }
}

TEST(FairCircles, LeaveTheStatesAsTheyAre)
{
    for (auto build : {build_two_that_give_way, build_spin_that_another_ends}) {
        searched plain = search(build, {.reduce = reduction::none});
        searched found = circles_of(build);
        EXPECT_EQ(found.counts.states, plain.counts.states);
        EXPECT_EQ(found.counts.transitions, plain.counts.transitions);
    }
}

TEST(FairCircles, AreLookedForInPathsThatAreCut)
{
    searched found = circles_of(build_counter_without_end);
    EXPECT_EQ(found.bound, "--max-steps");
    ASSERT_EQ(found.findings.size(), 1U);
    EXPECT_EQ(found.findings[0].kind, finding_kind::cut);
}

} // namespace interfuse
