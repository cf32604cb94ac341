// Livelocks of programs of a few lines.
#include "checker/search/fair_circles.hpp"

#include <array>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/rng.hpp"

namespace interfuse {

namespace {

struct flags {
    struct alignas(8) flag {
        kernel::atomic_t set;
    };
    flag of[3];
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

// Each goes on only as long as the other one has a turn between two of its own.
void build_two_that_alternate()
{
    flags *all = make_flags();
    start("setter", [all] {
        while (kernel::atomic_read(&all->of[0].set) == 0)
            all->of[0].set.counter = 1;
        all->of[1].set.counter = 1;
    });
    start("clearer", [all] {
        for (; all->of[1].set.counter == 0; all->of[0].set.counter = 0)
            kernel::atomic_read(&all->of[2].set);
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

// Programs made at random: three tasks, each a few operations on three flags.
struct operation {
    bool sets;
    unsigned flag;
    int value;        // that is set, or that lets the task jump
    std::size_t next; // where it jumps to
};
std::array<std::vector<operation>, 3> random_program;

void perform(flags *all, const std::vector<operation> &program)
{
    for (std::size_t at = 0; at < program.size();) {
        const operation &now = program[at];
        kernel::atomic_t *flag = &all->of[now.flag].set;
        if (now.sets)
            kernel::atomic_set(flag, now.value);
        at = !now.sets && kernel::atomic_read(flag) == now.value ? now.next : at + 1;
    }
}

void build_random_program()
{
    flags *all = make_flags();
    for (const std::vector<operation> &program : random_program)
        start("task", [all, own = &program] { perform(all, *own); });
}

void make_random_program(sim::rng &chance)
{
    for (std::vector<operation> &program : random_program) {
        program.clear();
        std::size_t length = chance.below(5);
        for (std::size_t i = 0; i < length; ++i)
            program.push_back({chance.below(2) == 0, chance.below(3), static_cast<int>(chance.below(2)),
                               chance.below(static_cast<std::uint32_t>(length) + 1)});
    }
}

// The whole graph of states, and who leads from where to where.
struct graph {
    struct edge {
        std::size_t to;
        unsigned task;
    };
    std::map<state_key, std::size_t> numbers;
    std::vector<std::uint64_t> enabled;
    std::vector<std::vector<edge>> edges;

    std::size_t visit(world_walk &way, step_script &script)
    {
        auto [known, is_new] = numbers.try_emplace(way.hash(), enabled.size());
        std::size_t number = known->second;
        if (!is_new)
            return number;
        enabled.push_back(way.enabled());
        edges.emplace_back();
        for (unsigned task = 0; task < sim::tasks_max; ++task) {
            if ((enabled[number] >> task & 1) == 0)
                continue;
            script.used = 0;
            script.answers.clear();
            way.step(task);
            std::size_t to = visit(way, script);
            edges[number].push_back({to, task});
            way.back();
        }
        return number;
    }

    std::vector<bool> behind(std::size_t from) const
    {
        std::vector<bool> seen(enabled.size());
        std::vector<std::size_t> next;
        for (seen[from] = true, next.push_back(from); !next.empty();) {
            std::size_t at = next.back();
            next.pop_back();
            for (const edge &each : edges[at])
                if (!seen[each.to]) {
                    seen[each.to] = true;
                    next.push_back(each.to);
                }
        }
        return seen;
    }
};

struct circle_counts {
    std::uint64_t all = 0, fair = 0;
};

// By the definition: the states that lead to each other.
circle_counts count_circles(const graph &states)
{
    std::vector<std::vector<bool>> reach;
    for (std::size_t i = 0; i < states.enabled.size(); ++i)
        reach.push_back(states.behind(i));
    circle_counts counts;
    std::vector<bool> counted(states.enabled.size());
    for (std::size_t i = 0; i < states.enabled.size(); ++i) {
        std::uint64_t throughout = ~std::uint64_t{0}, moved = 0;
        for (std::size_t j = 0; j < states.enabled.size() && !counted[i]; ++j) {
            if (!reach[i][j] || !reach[j][i])
                continue;
            counted[j] = j != i;
            throughout &= states.enabled[j];
            for (const graph::edge &each : states.edges[j])
                moved |= std::uint64_t{reach[each.to][i]} << each.task;
        }
        counts.all += moved != 0;
        counts.fair += moved != 0 && (throughout & ~moved) == 0;
    }
    return counts;
}

circle_counts circles_by_definition(void (*build)())
{
    runner on(setup_of(build));
    step_script script;
    on.begin_search(script);
    world_walk way(false);
    graph states;
    states.visit(way, script);
    on.end_search();
    return count_circles(states);
}

// What explore says of a run that goes round.
run_result go_round(void (*build)(), const state_finding &found, std::size_t rounds)
{
    std::vector<search_step> path = found.path;
    for (std::size_t i = 0; i < rounds * found.round; ++i)
        path.push_back(path[path.size() - found.round]);
    run_setup setup = setup_of(build);
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
                       build_two_that_alternate, build_choice_to_go_on}) {
        searched found = circles_of(build);
        EXPECT_EQ(found.bound, "");
        ASSERT_EQ(found.findings.size(), 1U);
        const state_finding &circle = found.findings[0];
        EXPECT_EQ(circle.kind, finding_kind::circle);
        EXPECT_EQ(circle.message, "a circle of states");
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

TEST(FairCircles, AreThoseOfTheDefinition)
{
    sim::rng chance(7);
    circle_counts seen;
    for (unsigned i = 0; i < 300; ++i) {
        make_random_program(chance);
        circle_counts expected = circles_by_definition(build_random_program);
        searched found = circles_of(build_random_program);
        ASSERT_EQ(found.counts.components, expected.all) << "program " << i;
        std::uint64_t fair = 0;
        for (const state_finding &each : found.findings) {
            if (each.kind != finding_kind::circle)
                continue;
            fair += each.count;
            ASSERT_EQ(go_round(build_random_program, each, 4).verdict.invariant, "livelock") << "program " << i;
        }
        ASSERT_EQ(fair, expected.fair) << "program " << i;
        seen.all += expected.all;
        seen.fair += fair > 0;
    }
    EXPECT_GT(seen.fair, 30U);
    EXPECT_GT(seen.all, 3 * seen.fair);
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
