#include "sim/cycle.hpp"

#include <gtest/gtest.h>

#include "sim/testing_world.hpp"

namespace sim {
namespace {

struct door {
    bool taken[2];
    bool open;
    unsigned asked; // how often somebody has looked
};

template <typename Body> void spin(const char *name, door &all, Body body)
{
    start_task(name, [&all, body] {
        while (!all.open) {
            body(all);
            point();
        }
    });
}

// Takes the one, tries the other, and lets go: with a partner that does it the other way about, both may fail for ever.
void start_polite(const char *name, door &all, unsigned first)
{
    start_task(name, [&all, first] {
        for (;;) {
            while (all.taken[first])
                point();
            all.taken[first] = true;
            point();
            bool both = !all.taken[1 - first];
            point();
            all.taken[first] = false;
            if (both)
                return;
            point();
        }
    });
}

// Of a run that is cut, with what does not count.
std::optional<cycle> cycle_of(test_world<door> &w, strategy &chooser, void (*counters)(std::vector<counter> &) = nullptr)
{
    the_run.limits.steps_max = 1000;
    the_run.listen.on_schedule = note_state;
    watch_for_cycles(500, counters);
    EXPECT_EQ(w.run(chooser).kind, verdict_kind::step_limit);
    return find_cycle();
}

// Everybody in turn.
class by_turns : public strategy {
public:
    void begin(std::uint64_t) override {}
    unsigned choose(choice_kind, unsigned alternatives) override { return alternatives - 1; }
};

} // namespace

TEST(Cycle, TwoTasksThatRetryForEverAreFound)
{
    test_world<door> w([](door &all) {
        start_polite("first", all, 0);
        start_polite("second", all, 1);
    });
    by_turns chooser;
    std::optional<cycle> found = cycle_of(w, chooser);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->tasks, 0b110U);
    EXPECT_GE(found->from, 500U);
    EXPECT_LT(found->from, found->to);
}

TEST(Cycle, ATaskThatSpinsWhileAnotherCouldHelpIsNone)
{
    test_world<door> w([](door &all) {
        spin("spinner", all, [](door &) {});
        start_task("opener", [&all] { all.open = true; });
    });
    by_priority chooser({1, 2});
    EXPECT_FALSE(cycle_of(w, chooser).has_value());
}

TEST(Cycle, ATaskThatSpinsWhileNobodyCanHelpIsFound)
{
    test_world<door> w([](door &all) {
        spin("spinner", all, [](door &) {});
        start_task("opener", [&all] {
            block("sleep", &all);
            all.open = true;
        });
    });
    by_priority chooser({2, 1});
    std::optional<cycle> found = cycle_of(w, chooser);
    ASSERT_TRUE(found.has_value());
    EXPECT_EQ(found->tasks, 0b10U);
}

TEST(Cycle, ARunThatIsMerelyLongIsNone)
{
    test_world<door> w([](door &all) {
        for (const char *name : {"first", "second"})
            start_task(name, [&all] {
                for (unsigned round = 0; round < 1'000'000 && !all.open; ++round)
                    point();
            });
    });
    by_turns chooser;
    EXPECT_FALSE(cycle_of(w, chooser).has_value());
}

TEST(Cycle, WhatDoesNotCountIsPassedOverAndLeftAsItIs)
{
    auto setup = [](door &all) { spin("spinner", all, [](door &seen) { ++seen.asked; }); };
    test_world<door> w(setup);
    static door *shared;
    shared = &*w;
    auto hide_asked = [](std::vector<counter> &into) { into.push_back({&shared->asked, sizeof shared->asked}); };
    scripted chooser;
    EXPECT_FALSE(cycle_of(w, chooser).has_value());
    EXPECT_TRUE(cycle_of(w, chooser, hide_asked).has_value());
    EXPECT_GE(w->asked, 990U);
}

} // namespace sim
