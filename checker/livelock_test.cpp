// Who goes round in circles, and where, in these words; and that a run which is merely cut does not.
#include "checker/livelock.hpp"

#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "scenarios/stage.hpp"
#include "sim/planted/wild.hpp"
#include "sim/testing_world.hpp"

namespace interfuse {
namespace {

struct door {
    bool open;
};
door *the_door;

// Called by a function of the kernel.
void look()
{
    sim::point();
}

constexpr unsigned line_of_knock = __LINE__ + 4;
[[gnu::noinline]] void knock()
{
    while (!the_door->open)
        sim::call_through(look);
}

constexpr unsigned line_of_wait = __LINE__ + 4;
[[gnu::noinline]] void wait_inside()
{
    while (!the_door->open)
        sim::call_through(look);
}

// Its loop is in a function that the kernel calls.
void call_wait()
{
    sim::call_through(wait_inside);
}

void spin()
{
    while (!the_door->open)
        sim::point();
}

void open()
{
    the_door->open = true;
}

using body = void (*)();
body first, second;

void build()
{
    the_door = static_cast<door *>(sim::allocate(sizeof(door)));
    spawn("first", make_process(), first);
    spawn("second", make_process(), second);
}

sim::verdict end_of(body one, body two, sim::strategy &chooser)
{
    scenario which{};
    which.name = "circles";
    which.parameters = with_common_parameters({});
    which.build = build;
    first = one;
    second = two;
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {.steps_max = 500}});
    return runs.run(chooser, 0).verdict;
}

TEST(Livelock, NamesWhoGoesRoundAndInWhichFunctions)
{
    sim::last_first in_turn;
    sim::verdict v = end_of(spin, knock, in_turn);
    EXPECT_EQ(v.kind, sim::verdict_kind::violation);
    EXPECT_EQ(v.invariant, "livelock");
    EXPECT_EQ(v.message, "the run goes round in circles: first in user space, second in knock");
    EXPECT_STREQ(v.where.function(), "knock");
    EXPECT_STREQ(v.where.file(), "checker/livelock_test.cpp");
    EXPECT_EQ(v.where.line(), line_of_knock);
    v = end_of(spin, spin, in_turn);
    EXPECT_EQ(v.message, "the run goes round in circles: first in user space, second in user space");
    EXPECT_EQ(v.where.line(), 0U);
}

TEST(Livelock, IsWhereTheInnermostLoopIs)
{
    sim::last_first in_turn;
    sim::verdict v = end_of(call_wait, knock, in_turn);
    EXPECT_EQ(v.message, "the run goes round in circles: first in wait_inside, second in knock");
    EXPECT_EQ(v.where.line(), line_of_wait);
    v = end_of(knock, call_wait, in_turn);
    EXPECT_EQ(v.message, "the run goes round in circles: first in knock, second in wait_inside");
    EXPECT_EQ(v.where.line(), line_of_wait);
}

TEST(Livelock, IsNotWhereSomebodyWhoHasNoTurnWouldEndIt)
{
    sim::by_priority unfair({1, 2, 0});
    sim::verdict v = end_of(knock, open, unfair);
    EXPECT_EQ(v.kind, sim::verdict_kind::step_limit);
    EXPECT_EQ(v.message, "the run was cut after its limit of steps");
}

} // namespace
} // namespace interfuse
