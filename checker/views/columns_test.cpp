#include "checker/views/columns.hpp"

#include <sstream>
#include <vector>

#include <gtest/gtest.h>

#include "checker/trace/example_trace.hpp"
#include "checker/views/wording.hpp"

namespace interfuse {

static std::vector<std::string> lines_of(const std::string &text)
{
    std::vector<std::string> lines;
    std::istringstream stream(text);
    for (std::string line; std::getline(stream, line);)
        lines.push_back(line);
    return lines;
}

TEST(Columns, PutEachEventIntoTheColumnOfItsTaskWithItsSourceLine)
{
    std::vector<std::string> lines = lines_of(columns_of(example_trace(), {.width = 120, .hint = ""}));
    ASSERT_EQ(lines.size(), 8U);
    std::size_t requester = lines[0].find("requester");
    std::size_t daemon = lines[0].find("daemon");
    EXPECT_EQ(lines[1].find("lock fc->lock"), requester);
    EXPECT_NE(lines[1].find("dev.cpp:412    request_send"), std::string::npos);
    EXPECT_EQ(lines[2].find("request 7.state is SENT"), requester);
    EXPECT_EQ(lines[3].find("read() = -EINTR"), daemon);
    EXPECT_NE(lines[5].find(" teardown "), std::string::npos);
    EXPECT_EQ(lines[6].find("free a \"quoted\" object"), lines[0].find("setup"));
    EXPECT_NE(lines[7].find("^ membership"), std::string::npos);
}

TEST(Columns, NumberTasksOfOneName)
{
    trace twins = example_trace();
    twins.tasks = {"setup", "daemon", "daemon"};
    std::string head = lines_of(columns_of(twins, {.width = 120, .hint = ""}))[0];
    EXPECT_NE(head.find("daemon (task 1)"), std::string::npos);
    EXPECT_NE(head.find("daemon (task 2)"), std::string::npos);
    EXPECT_EQ(head.find("setup (task"), std::string::npos);
}

TEST(Columns, SayThatTheStepsAreThoseOfASetup)
{
    trace broken = example_trace();
    for (trace_step &step : broken.steps)
        step.setup = true;
    std::string text = columns_of(broken, {.width = 120, .hint = ""});
    EXPECT_NE(lines_of(text)[1].find(" setup ---"), std::string::npos);
    EXPECT_EQ(columns_of(example_trace(), {.width = 120, .hint = ""}).find(" setup ---"), std::string::npos);
}

TEST(Columns, MarkAHangInTheColumnOfItsSleeper)
{
    trace hung = example_trace();
    hung.verdict.kind = sim::verdict_kind::hung;
    hung.verdict.invariant = "hang";
    trace_event sleep{sim::event_kind::sleep, "request 7.waitq", 1, "", hung.verdict.location, false};
    // The requester slept there too, but has gone on since.
    hung.steps[0].events.push_back(sleep);
    hung.steps[1].events.push_back(sleep);
    hung.steps[2].events.push_back(hung.steps[0].events[0]);
    std::vector<std::string> lines = lines_of(columns_of(hung, {.width = 120, .hint = ""}));
    EXPECT_EQ(lines.back().find("^ hang"), lines[0].find("daemon"));
    hung.verdict.kind = sim::verdict_kind::violation;
    lines = lines_of(columns_of(hung, {.width = 120, .hint = ""}));
    EXPECT_EQ(lines.back().find("^ hang"), lines[0].find("setup"));
}

TEST(Columns, NumberAStepOnceAndGroupItsEvents)
{
    std::vector<std::string> lines = lines_of(columns_of(example_trace(), {.width = 120, .hint = ""}));
    EXPECT_EQ(lines[1].substr(0, 6), "    0 ");
    EXPECT_EQ(lines[2].substr(0, 6), "      ");
    EXPECT_EQ(lines[3].substr(0, 6), "    1 ");
}

TEST(Columns, FitTheirWidthWhateverItIs)
{
    trace crowded = example_trace();
    crowded.tasks.assign(sim::tasks_max, "a task with a long name");
    for (unsigned i = 0; i < sim::tasks_max; ++i) {
        trace_step step = crowded.steps[0];
        step.task = i;
        step.events[0].object = std::string(300, 'x');
        crowded.steps.push_back(step);
    }
    for (unsigned width : {80U, 109U, 110U, 400U}) {
        for (const std::string &line : lines_of(columns_of(crowded, {.width = width, .hint = ""})))
            ASSERT_LE(line.size(), width) << line;
    }
}

TEST(Columns, SayHowManyEarlierEventsAreLeftOutAndHowToSeeThem)
{
    std::string text = columns_of(example_trace(), {.width = 120, .last = 2, .hint = "./interfuse show t.json"});
    EXPECT_EQ(lines_of(text)[0], "(3 earlier events left out; all: ./interfuse show t.json)");
    EXPECT_EQ(text.find("fc->lock"), std::string::npos);
}

TEST(Columns, HaveColourOnlyWhenAsked)
{
    EXPECT_EQ(columns_of(example_trace(), {.width = 120, .hint = ""}).find('\x1b'), std::string::npos);
    EXPECT_NE(columns_of(example_trace(), {.width = 120, .colour = true, .hint = ""}).find('\x1b'), std::string::npos);
}

TEST(Columns, OfATraceWithoutStepsAreEmptyButForTheirHead)
{
    trace none = example_trace();
    none.steps.clear();
    EXPECT_LE(lines_of(columns_of(none, {.hint = ""})).size(), 1U);
}

TEST(Wording, ReadsLikeTheKernel)
{
    using sim::event_kind;
    auto words = [](event_kind kind, const char *object, std::int64_t value) {
        return wording_of(trace_event{kind, object, value, "", {}, false});
    };
    EXPECT_EQ(words(event_kind::store, "fc->connected", 0), "fc->connected = 0");
    EXPECT_EQ(words(event_kind::wait_add, "fc->waitq", 1), "wait on fc->waitq, exclusive");
    EXPECT_EQ(words(event_kind::wake, "fc->waitq", 2), "wake fc->waitq (2 woken)");
    EXPECT_EQ(words(event_kind::task_state, "", 1), "state INTERRUPTIBLE");
    EXPECT_EQ(words(event_kind::syscall_end, "write", -107), "write() = -ENOTCONN");
    EXPECT_EQ(words(event_kind::syscall_end, "write", -512), "write() = -512");
    EXPECT_EQ(words(event_kind::syscall_end, "write", 16), "write() = 16");
}

} // namespace interfuse
