#include "checker/search/explore.hpp"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "checker/trace/compare.hpp"
#include "checker/trace/trace_file.hpp"
#include "scenarios/requester.hpp"
#include "scenarios/stage.hpp"
#include "scenarios/worker.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/rwsem.hpp"

namespace interfuse {
namespace {

constexpr unsigned line_of_mutex = __LINE__ + 3;
void take_mutex_first(const mount &m)
{
    kernel::mutex_lock(&m.root->i_mutex);
    kernel::down_read(&m.fc->sbput_sem);
    kernel::up_read(&m.fc->sbput_sem);
    kernel::mutex_unlock(&m.root->i_mutex);
}

constexpr unsigned line_of_semaphore = __LINE__ + 3;
void take_semaphore_first(const mount &m)
{
    kernel::down_read(&m.fc->sbput_sem);
    kernel::mutex_lock(&m.root->i_mutex);
    kernel::mutex_unlock(&m.root->i_mutex);
    kernel::up_read(&m.fc->sbput_sem);
}

void build()
{
    mount m = mount_fuse();
    answer_init(m);
    spawn("locker", m.daemon, [m] {
        if (sim::choose(sim::choice_kind::behaviour, 2) == 0)
            take_mutex_first(m);
        else
            take_semaphore_first(m);
    });
}

// Of two alternatives the one in even runs and the other in odd ones.
class by_number : public sim::strategy {
public:
    void begin(std::uint64_t run) override { answer = run % 2; }
    unsigned choose(sim::choice_kind, unsigned) override { return answer; }

private:
    unsigned answer = 0;
};

exploration explore_runs(std::uint64_t runs, void (*scene)() = build)
{
    static constexpr named_strategy by_turns = {
        "by-turns", "", [](std::uint64_t) -> std::unique_ptr<sim::strategy> { return std::make_unique<by_number>(); }};
    scenario which{};
    which.name = "one-locker";
    which.parameters = with_common_parameters({});
    which.build = scene;
    explore_options options;
    options.scenarios = {{&which, complete_parameters(which, {}).values}};
    options.core = "repaired";
    options.strategy = &by_turns;
    options.watch = sim::watch_locks;
    options.runs = runs;
    options.out = testing::TempDir();
    return explore(options, {});
}

TEST(Explore, NamesTheRunsWhoseOrdersOfLocksMakeACircle)
{
    exploration found = explore_runs(2);
    ASSERT_EQ(found.error, "");
    ASSERT_EQ(found.samples[0].findings.size(), 1U);
    EXPECT_TRUE(std::filesystem::remove(found.samples[0].findings[0].trace));
    const trace_verdict &circle = found.samples[0].findings[0].verdict;
    EXPECT_EQ(circle.invariant, "lock_order");
    EXPECT_EQ(
        circle.message,
        fmt::format("in run 0 of one-locker locker takes fuse_conn.sbput_sem in take_mutex_first "
                    "(explore_test.cpp:{}) while it holds inode.i_mutex of a directory, taken in take_mutex_first "
                    "(explore_test.cpp:{}), and in run 1 of one-locker locker takes inode.i_mutex of a directory in "
                    "take_semaphore_first (explore_test.cpp:{}) while it holds fuse_conn.sbput_sem, taken in "
                    "take_semaphore_first (explore_test.cpp:{}): locks are taken in a circle, though no run deadlocked",
                    line_of_mutex + 1, line_of_mutex, line_of_semaphore + 1, line_of_semaphore));
}

TEST(Explore, HasNothingAgainstOneOrder)
{
    exploration found = explore_runs(1);
    EXPECT_EQ(found.error, "");
    EXPECT_TRUE(found.samples[0].findings.empty());
}

// A worker sleeps in the core by then.
void build_what_stops()
{
    mount m = mount_fuse();
    answer_init(m);
    start_worker("daemon", m);
    open_before_run(m, "z");
}

TEST(Explore, WritesATraceOfASetupThatEndsInAFinding)
{
    exploration found = explore_runs(5, build_what_stops);
    ASSERT_EQ(found.error, "");
    ASSERT_EQ(found.samples[0].findings.size(), 1U);
    const finding &broken = found.samples[0].findings[0];
    EXPECT_EQ(broken.verdict.message, "the setup of scenario one-locker ends in a finding: opening a file returns ENOENT");
    trace_result read = read_trace(broken.trace);
    ASSERT_EQ(read.error, "");
    EXPECT_TRUE(std::filesystem::remove(broken.trace));
    EXPECT_TRUE(is_of_setup(read.what));
    EXPECT_TRUE(read.what.choices.empty());
    EXPECT_EQ(read.what.core, "repaired");
    EXPECT_EQ(read.what.verdict.invariant, "setup");
    EXPECT_EQ(read.what.verdict.message, "opening a file returns ENOENT");
    EXPECT_EQ(read.what.verdict.fingerprint, broken.verdict.fingerprint);
    EXPECT_NE(read.what.verdict.fingerprint, 0U);
    auto does = [&](sim::event_kind kind) {
        return std::ranges::any_of(read.what.steps, [kind](const trace_step &step) {
            return std::ranges::find(step.events, kind, &trace_event::kind) != step.events.end();
        });
    };
    EXPECT_TRUE(does(sim::event_kind::syscall));
    // Once more, step by step.
    exploration again = explore_runs(7, build_what_stops);
    trace_result read_again = read_trace(again.samples[0].findings[0].trace);
    EXPECT_TRUE(std::filesystem::remove(again.samples[0].findings[0].trace));
    EXPECT_FALSE(first_difference(read.what, read_again.what).has_value());
}

} // namespace
} // namespace interfuse
