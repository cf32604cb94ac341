#include "sim/world.hpp"

#include <array>
#include <cstring>

#include <gtest/gtest.h>

#include "sim/shadow.hpp"
#include "sim/testing_world.hpp"

namespace sim {
namespace {

const per_world<int> variable;

struct counters {
    std::array<int, 4> done;
    unsigned sum;
};

void count_to(counters &all, unsigned who, int last)
{
    for (int i = 0; i < last; ++i) {
        unsigned before = all.sum;
        point();
        all.sum = before * 3 + who;
        ++all.done[who];
        variable.get() += i;
        if (i == 5)
            yield_to_host("a break");
    }
}

void start_counters(counters &all)
{
    for (unsigned who = 1; who < 4; ++who)
        start_task("counter", [&all, who] { count_to(all, who, 20); });
}

void wake_everybody()
{
    for (unsigned i = 1; i < the_world().task_count; ++i)
        make_runnable(i);
}

struct ending {
    std::uint64_t record, world;
    unsigned sum;
    bool operator==(const ending &) const = default;
};

ending go_on(std::uint64_t seed, const counters &all)
{
    by_chance chooser(seed);
    begin_run(chooser, seed);
    for (int round = 0; round < 4; ++round) {
        wake_everybody();
        EXPECT_TRUE(run_tasks(phase::running));
    }
    return {record_hash(0), hash_world(), all.sum};
}

TEST(World, RestoredInMidRunGoesOnToTheSameEnd)
{
    test_world<counters> w(start_counters);
    by_chance chooser(1);
    begin_run(chooser, 0);
    ASSERT_TRUE(run_tasks(phase::running));
    std::uint64_t hash = hash_world();
    saved_world middle;
    middle.save();
    std::vector<ending> ends;
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        middle.restore();
        EXPECT_EQ(hash_world(), hash);
        ends.push_back(go_on(seed, *w));
        EXPECT_EQ(w->done, (std::array{0, 20, 20, 20}));
    }
    test_world<std::array<char, 5000>> another([](auto &all) {
        all.fill('x');
        variable.get() = 77;
    });
    for (std::uint64_t seed = 50; seed-- > 0;) {
        middle.restore();
        EXPECT_EQ(hash_world(), hash);
        EXPECT_EQ(go_on(seed, *w), ends[seed]);
    }
    EXPECT_NE(ends[0], ends[1]);
}

TEST(World, BuiltTwiceIsTheSameValueWhateverRanBetween)
{
    test_world<counters> first(start_counters);
    std::uint64_t hash = hash_world();
    last_first chooser;
    first.run(chooser);
    EXPECT_NE(hash_world(), hash);
    for (unsigned i = 0; i < 4; ++i)
        std::memset(stack_low(i), 0xff, static_cast<std::size_t>(stack_top(i) - stack_low(i)));
    test_world<counters> second(start_counters);
    EXPECT_EQ(hash_world(), hash);
}

TEST(World, HashSeesEachByteThatIsAlive)
{
    test_world<counters> w(start_counters);
    std::uint64_t hash = hash_world();
    std::byte *stack = static_cast<std::byte *>(the_world().tasks[1].context);
    auto *sum = reinterpret_cast<std::byte *>(&w->sum);
    auto *last = reinterpret_cast<std::byte *>(arena_base + the_world().heap_used - 1);
    for (std::byte *live : {sum, last, stack, stack_top(1) - 1, reinterpret_cast<std::byte *>(&variable.get()),
                            reinterpret_cast<std::byte *>(&the_world().tasks[0].waiting_for)}) {
        *live ^= std::byte{1};
        EXPECT_NE(hash_world(), hash);
        *live ^= std::byte{1};
        EXPECT_EQ(hash_world(), hash);
    }
}

TEST(World, HashPassesOverWhatIsBelowAStackPointerOrBehindTheHeap)
{
    test_world<counters> w(start_counters);
    std::uint64_t hash = hash_world();
    static_cast<std::byte *>(the_world().tasks[1].context)[-1] ^= std::byte{1};
    *reinterpret_cast<std::byte *>(arena_base + the_world().heap_used) ^= std::byte{1};
    EXPECT_EQ(hash_world(), hash);
}

// Else a run would find marks of an earlier one, and another process none.
TEST(World, LeavesNoMarksBehindTheHeapWhenItIsRestored)
{
    the_run.watching = watch_memory;
    reset_world(64);
    allocate(8);
    saved_world start;
    start.save();
    std::size_t end = the_world().heap_used;
    mark_closed(allocate(64), 64);
    EXPECT_NE(shadow_at(end + 8), 0);
    start.restore();
    EXPECT_EQ(shadow_at(end + 8), 0);
    the_run.watching = 0;
}

TEST(World, KeepsNoStackOfATaskThatHasEnded)
{
    test_world<nothing> w([](nothing &) { start_task("short", [] {}); });
    std::size_t size = w.start.size();
    w.run();
    saved_world after;
    after.save();
    EXPECT_LT(after.size(), size);
}

TEST(World, VariablesAreZeroAfterAReset)
{
    reset_world(64);
    variable = 5;
    reset_world(64);
    EXPECT_EQ(variable.get(), 0);
    EXPECT_EQ(the_world().page_size, 64U);
    EXPECT_EQ(the_world().task_count, 0U);
}

TEST(World, VariablesBelongToTheSavedValue)
{
    test_world<nothing> w([](nothing &) { variable = 5; });
    variable = 6;
    w.start.restore();
    EXPECT_EQ(variable.get(), 5);
}

TEST(World, SaveTakesNoMoreThanTheLiveBytes)
{
    test_world<std::array<char, 1008>> small([](auto &) {});
    std::size_t size = small.start.size();
    test_world<std::array<char, 2016>> large([](auto &) {});
    EXPECT_EQ(large.start.size(), size + 1008);
}

TEST(WorldDeathTest, SavingARunningWorldIsAnErrorOfInterfuse)
{
    test_world<nothing> w([](nothing &) {
        start_task("saver", [] {
            saved_world mine;
            mine.save();
        });
    });
    EXPECT_EXIT(w.run(), testing::ExitedWithCode(exit_internal), "saved while one of its tasks runs");
}

TEST(WorldDeathTest, OneTaskTooManyIsAnErrorOfInterfuse)
{
    reset_world(128);
    for (unsigned i = 0; i < tasks_max; ++i)
        start_task("one of many", [] {});
    EXPECT_EXIT(start_task("one too many", [] {}), testing::ExitedWithCode(exit_internal), "more tasks");
}

} // namespace
} // namespace sim
