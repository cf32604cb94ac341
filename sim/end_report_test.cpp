#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/planted/wild.hpp"
#include "sim/testing_world.hpp"

namespace sim {
namespace {

// The words of each report of the machine itself: of hardware faults, and of steps and runs that are too long.
std::string words_of(const verdict &v)
{
    std::string what = fmt::format("{}: {}", name_of(v.kind), v.message);
    return v.where.line() == 0 ? what : fmt::format("{} ({}:{})", what, v.where.file(), v.where.line());
}

template <typename Body> verdict run_alone(Body body)
{
    test_world<nothing> w([body](nothing &) { start_task("careless", body); });
    return w.run();
}

template <typename Body> std::string end_of(Body body)
{
    return words_of(run_alone(body));
}

template <typename Target> Target pointer_to(std::uintptr_t address)
{
    return reinterpret_cast<Target>(address);
}

std::string end_of_read(std::uintptr_t address)
{
    return end_of([address] { read_through(pointer_to<const int *>(address)); });
}

std::string end_of_call(std::uintptr_t address)
{
    return end_of([address] { call_through(pointer_to<void (*)()>(address)); });
}

TEST(EndReport, SaysWhatAnAddressIsThatCannotBeAccessed)
{
    const std::string in_reader = " was accessed in read_through, called by ? (core/planted/wild.cpp:10)";
    EXPECT_EQ(end_of_read(0), "oops: a null pointer" + in_reader);
    EXPECT_EQ(end_of_read(4095), "oops: a null pointer" + in_reader);
    EXPECT_EQ(end_of_read(0x00100108), "oops: the poison that list_del leaves in next" + in_reader);
    EXPECT_EQ(end_of_read(0x00200200), "oops: the poison that list_del leaves in prev" + in_reader);
    EXPECT_EQ(end_of_read(4096), "oops: memory that is not mapped" + in_reader);
    EXPECT_EQ(end_of_read(0x6b6b6b6b6b6b6b6b),
              "oops: a poisoned or non-canonical pointer was followed in read_through, "
              "called by ? (core/planted/wild.cpp:10)");
    int number = 0;
    EXPECT_EQ(end_of_read(reinterpret_cast<std::uintptr_t>(&number)), "done: ");
}

TEST(EndReport, SaysWhatAFunctionPointerIsThatCannotBeCalled)
{
    const std::string in_caller = " in call_through, called by ? (core/planted/wild.cpp:15)";
    EXPECT_EQ(end_of_call(0), "oops: a null function pointer was called" + in_caller);
    EXPECT_EQ(end_of_call(arena_base), "oops: a wild function pointer was called" + in_caller);
    EXPECT_EQ(end_of_call(0x6b6b6b6b6b6b6b6b), "oops: a poisoned or non-canonical pointer was followed" + in_caller);
    EXPECT_EQ(end_of([] { pass_on(nullptr); }),
              "oops: a null function pointer was called in call_through, called by pass_on (core/planted/wild.cpp:15)");
    EXPECT_EQ(end_of([] { pass_on([] {}); }), "done: ");
}

TEST(EndReport, SaysWhichInstructionFailed)
{
    EXPECT_EQ(end_of([] { divide(1, 0); }),
              "oops: a division by zero or overflow in divide, called by ? (core/planted/wild.cpp:27)");
    EXPECT_EQ(end_of([] { stop(); }),
              "oops: an illegal instruction was executed in stop, called by ? (core/planted/wild.cpp:71)");
    EXPECT_EQ(end_of([] { divide(1, 1); }), "done: ");
}

TEST(EndReport, SaysThatAStackOverflowed)
{
    // Where in the function depends on how its frame is made.
    EXPECT_EQ(run_alone([] { recurse(nullptr); }).message,
              "a guard page: a kernel stack overflowed was accessed in recurse, called by recurse");
}

TEST(EndReport, SaysThatAStepDoesNotEnd)
{
    EXPECT_EQ(end_of([] {
                  int never = 0;
                  wait_patiently(&never);
              }),
              "soft lockup: a step made more memory accesses than its bound; a loop does not end "
              "(core/planted/wild.cpp:46)");
    EXPECT_EQ(end_of([] {
                  int at_once = 1;
                  wait_patiently(&at_once);
              }),
              "done: ");
}

TEST(EndReport, SaysWhyARunWasCut)
{
    EXPECT_EQ(end_of([] {
                  for (;;)
                      point();
              }),
              "step limit: the run was cut after its limit of steps");
    EXPECT_EQ(end_of([] {
                  for (;;)
                      emit(event_kind::mark, nullptr, 0, place::here());
              }),
              "step limit: the run was cut: its record of choices and events is full");
}

TEST(EndReport, SaysThatWhatEndedARunIsIgnored)
{
    const std::vector<std::string> off = {"oops", "rule"};
    the_run.ignored = off;
    EXPECT_EQ(end_of_read(0), "step limit: the run was cut by something that is ignored");
    EXPECT_EQ(end_of([] { report(verdict_of(verdict_kind::violation, "rule", "a sentence")); }),
              "step limit: the run was cut by something that is ignored");
    EXPECT_EQ(end_of([] { divide(1, 0); }), "step limit: the run was cut by something that is ignored");
    the_run.ignored = {};
}

} // namespace
} // namespace sim
