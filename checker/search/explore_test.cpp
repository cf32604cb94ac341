#include "checker/search/explore.hpp"

#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "scenarios/stage.hpp"
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

exploration explore_runs(std::uint64_t runs)
{
    static constexpr named_strategy by_turns = {
        "by-turns", "", [](std::uint64_t) -> std::unique_ptr<sim::strategy> { return std::make_unique<by_number>(); }};
    scenario which{};
    which.name = "one-locker";
    which.parameters = with_common_parameters({});
    which.build = build;
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

} // namespace
} // namespace interfuse
