#include "checker/trace/compare.hpp"

#include <functional>

#include <gtest/gtest.h>

#include "checker/trace/example_trace.hpp"

namespace interfuse {

static std::optional<difference> after(const std::function<void(trace &)> &change)
{
    trace changed = example_trace();
    change(changed);
    return first_difference(example_trace(), changed);
}

TEST(Comparison, FindsNothingInEqualTraces)
{
    EXPECT_FALSE(after([](trace &) {}).has_value());
}

TEST(Comparison, NamesTheFirstStepAndWhatDiffersInIt)
{
    auto task = after([](trace &t) { t.steps[1].task = 1; });
    ASSERT_TRUE(task.has_value());
    EXPECT_EQ(task->step, 1U);
    EXPECT_EQ(task->expected, "task 2 (daemon)");
    EXPECT_EQ(task->found, "task 1 (requester)");
    EXPECT_EQ(after([](trace &t) { t.steps[1].enabled = 0b111; })->found, "{0, 1, 2}");
    EXPECT_EQ(after([](trace &t) { t.steps[3].hash = 17; })->found, "0000000000000011");
    EXPECT_EQ(after([](trace &t) { t.steps[0].events[1].value = 4; })->what, "event 1");
    EXPECT_EQ(after([](trace &t) { t.steps[0].events[0].object = "x"; })->step, 0U);
    EXPECT_EQ(after([](trace &t) { t.steps[0].events.pop_back(); })->found, "none");
    EXPECT_EQ(after([](trace &t) { t.steps[0].events.push_back({}); })->expected, "none");
    EXPECT_EQ(after([](trace &t) { t.steps.pop_back(); })->step, 3U);
    EXPECT_EQ(after([](trace &t) { t.steps.push_back(t.steps[0]); })->expected, "the run's end");
    EXPECT_EQ(after([](trace &t) { t.verdict.message = "other"; })->what, "verdict");
    EXPECT_EQ(after([](trace &t) { t.record = 1; })->what, "record");
    EXPECT_EQ(after([](trace &t) { t.steps[0].setup = true; })->found, "setup");
}

TEST(Comparison, CountsMovedLinesButComparesFilesAndFunctions)
{
    trace moved = example_trace();
    moved.steps[0].events[0].where.line = 999;
    EXPECT_FALSE(first_difference(example_trace(), moved).has_value());
    EXPECT_EQ(count_moved_lines(example_trace(), moved), 1U);
    EXPECT_TRUE(after([](trace &t) { t.steps[0].events[0].where.function = "other"; }).has_value());
    EXPECT_TRUE(after([](trace &t) { t.steps[0].events[0].where.file = "other"; }).has_value());
}

TEST(Comparison, LeavesFilesAndLinesOfDebugInformationToTheCompiler)
{
    trace moved = example_trace();
    moved.steps[0].events[1].where.file = "other";
    moved.steps[0].events[1].where.line = 999;
    EXPECT_FALSE(first_difference(example_trace(), moved).has_value());
    moved.steps[0].events[1].where.function = "other";
    EXPECT_TRUE(first_difference(example_trace(), moved).has_value());
    EXPECT_EQ(count_moved_lines(example_trace(), moved), 0U);
}

} // namespace interfuse
