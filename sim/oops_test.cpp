#include "sim/oops.hpp"

#include <gtest/gtest.h>

#include "sim/debug_info.hpp"
#include "sim/planted/wild.hpp"
#include "sim/testing_world.hpp"

namespace sim {
namespace {

__attribute__((noinline)) void stand_in_a_namespace(volatile int *somewhere)
{
    *somewhere = 2;
}

// As a fake of the kernel is: no part of the program.
volatile int *volatile nowhere = nullptr;

__attribute__((noinline)) void stand_in_for_a_fake()
{
    stand_in_a_namespace(nowhere);
    stand_in_a_namespace(nowhere);
}

template <typename Body> verdict end_of_step(Body body)
{
    test_world<nothing> w([body](nothing &) { start_task("careless", body); });
    return w.run();
}

template <typename Target> Target pointer_to(std::uintptr_t address)
{
    return reinterpret_cast<Target>(address);
}

constexpr std::uintptr_t slab_poison = 0x6b6b6b6b6b6b6b6b;

void expect_oops(const verdict &v, const char *what, const char *function)
{
    EXPECT_EQ(v.kind, verdict_kind::oops);
    EXPECT_NE(v.message.find(what), std::string::npos) << v.message;
    EXPECT_STREQ(v.where.function(), function);
    EXPECT_STREQ(v.where.file(), "core/planted/wild.cpp");
    EXPECT_GT(v.where.line(), 0U);
}

TEST(Oops, NamesTheReaderThroughANullPointer)
{
    expect_oops(end_of_step([] { read_through(nullptr); }), "a null pointer", "read_through");
}

TEST(Oops, NamesTheReaderThroughAPoisonedPointer)
{
    expect_oops(end_of_step([] { read_through(pointer_to<const int *>(slab_poison)); }), "poisoned", "read_through");
}

TEST(Oops, NamesTheReaderThroughTheListPoison)
{
    expect_oops(end_of_step([] { read_through(pointer_to<const int *>(0x00100100)); }), "list_del leaves in next",
                "read_through");
    expect_oops(end_of_step([] { read_through(pointer_to<const int *>(0x00200208)); }), "list_del leaves in prev",
                "read_through");
}

TEST(Oops, NamesTheCallerOfANullFunctionPointer)
{
    expect_oops(end_of_step([] { call_through(nullptr); }), "null function pointer", "call_through");
}

TEST(Oops, NamesTheCallersCaller)
{
    verdict v = end_of_step([] { pass_on(nullptr); });
    expect_oops(v, "null function pointer", "call_through");
    EXPECT_EQ(v.caller, "pass_on");
    EXPECT_EQ(end_of_step([] { call_through([] { read_through(nullptr); }); }).caller, "call_through");
}

TEST(Oops, InAFakeIsPlacedWhereTheProgramCallsIt)
{
    verdict v = end_of_step([] { pass_on(stand_in_for_a_fake); });
    expect_oops(v, "a null pointer was accessed in stand_in_for_a_fake, called in call_through, called by pass_on",
                "call_through");
    EXPECT_EQ(v.where.line(), end_of_step([] { call_through(nullptr); }).where.line());
    EXPECT_EQ(v.caller, "pass_on");
}

TEST(Oops, NamesTheCallersOfTheFaultingTaskAlone)
{
    test_world<nothing> w([](nothing &) {
        start_task("a", [] { call_through([] { point(); }); });
        start_task("b", [] { pass_on([] { read_through(nullptr); }); });
    });
    by_priority first_a_to_its_point({2, 1});
    EXPECT_EQ(w.run(first_a_to_its_point).caller, "call_through");
    exhaustive every;
    do
        EXPECT_EQ(w.run(every).caller, "call_through");
    while (every.advance());
}

TEST(Oops, NamesTheCallerOfAPoisonedFunctionPointer)
{
    expect_oops(end_of_step([] { call_through(pointer_to<void (*)()>(slab_poison)); }), "poisoned", "call_through");
}

TEST(Oops, NamesTheCallerOfAPointerToData)
{
    expect_oops(end_of_step([] { call_through(pointer_to<void (*)()>(arena_base)); }), "wild function pointer",
                "call_through");
}

TEST(Oops, TellsAnOverflownStackByItsGuardPage)
{
    expect_oops(end_of_step([] { recurse(nullptr); }), "stack overflowed", "recurse");
}

TEST(Oops, NamesTheDivisionByZero)
{
    expect_oops(end_of_step([] { divide(1, 0); }), "division by zero", "divide");
}

TEST(Oops, LeavesTheToolReadyForTheNextRun)
{
    test_world<int> w([](int &all) {
        start_task("careless", [&all] {
            all = 1;
            if (choose(choice_kind::behaviour, 2) == 0)
                read_through(nullptr);
            all = 2;
        });
    });
    scripted careful({1});
    for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(w.run().kind, verdict_kind::oops);
        EXPECT_EQ(*w, 1);
        EXPECT_EQ(w.run(careful).kind, verdict_kind::done);
        EXPECT_EQ(*w, 2);
    }
}

TEST(Oops, ForgetsTheCallsOfARunThatEndedInOne)
{
    EXPECT_EQ(end_of_step([] { recurse(nullptr); }).caller, "recurse");
    EXPECT_EQ(end_of_step([] { pass_on(nullptr); }).caller, "pass_on");
}

TEST(Oops, EndsOnlyTheRunAndNamesTheFirstOfSeveral)
{
    test_world<nothing> w([](nothing &) {
        start_task("a", [] { divide(1, 0); });
        start_task("b", [] { read_through(nullptr); });
    });
    EXPECT_STREQ(w.run().where.function(), "divide");
    last_first chooser;
    EXPECT_STREQ(w.run(chooser).where.function(), "read_through");
}

TEST(Oops, InAnInlinedFunctionIsPlacedWhereThatIsCalled)
{
    verdict v = end_of_step([] { has_next(nullptr); });
    EXPECT_STREQ(v.where.function(), "has_next");
    EXPECT_STREQ(v.where.file(), "core/planted/wild.cpp");
}

TEST(OopsDeathTest, AFaultOfTheHostIsAnErrorOfInterfuse)
{
    test_world<nothing> w([](nothing &) {});
    EXPECT_EXIT(read_through(nullptr), testing::ExitedWithCode(exit_internal), "interfuse itself.*null pointer");
}

TEST(OopsDeathTest, AFaultOfAListenerIsAnErrorOfInterfuse)
{
    test_world<nothing> w([](nothing &) { start_task("a", [] { point(); }); });
    the_run.listen.on_step = [] { read_through(nullptr); };
    EXPECT_EXIT(w.run(), testing::ExitedWithCode(exit_internal), "interfuse itself.*null pointer");
    the_run.listen = {};
}

TEST(DebugInfo, KnowsTheFunctionAndFileOfAnAddress)
{
    place found = place_of(reinterpret_cast<const void *>(read_through));
    EXPECT_STREQ(found.function(), "read_through");
    EXPECT_STREQ(found.file(), "core/planted/wild.cpp");
    EXPECT_GT(found.line(), 0U);
}

TEST(DebugInfo, KnowsAFunctionOfAnUnnamedNamespace)
{
    EXPECT_STREQ(place_of(reinterpret_cast<const void *>(stand_in_a_namespace)).function(), "stand_in_a_namespace");
}

TEST(DebugInfo, SaysSoWhenItKnowsNothing)
{
    place found = place_of(nullptr);
    EXPECT_STREQ(found.function(), "?");
    EXPECT_EQ(found.line(), 0U);
}

} // namespace
} // namespace sim
