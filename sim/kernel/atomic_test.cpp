#include "sim/kernel/atomic.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/budget.hpp"
#include "sim/kernel/lockless.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct counters {
    atomic_t count;
    lockless<int> flag;
    lockless<int *> pointer;
    lockless<std::uint8_t> small;
    int zeros, seen;
};

TEST(Atomic, LosesNoIncrementUnderAnySchedule)
{
    kernel_world<counters> w([](counters &all) {
        for (int i = 0; i < 3; ++i)
            spawn("counter", [&all] {
                atomic_inc(&all.count);
                atomic_inc(&all.count);
            });
    });
    EXPECT_EQ(w.outcomes([](const counters &all) { return std::to_string(all.count.counter); }), outcome_set{"6"});
}

TEST(Atomic, OneDecrementSeesTheZeroUnderEverySchedule)
{
    kernel_world<counters> w([](counters &all) {
        atomic_set(&all.count, 3);
        for (int i = 0; i < 3; ++i)
            spawn("putter", [&all] { all.zeros += atomic_dec_and_test(&all.count); });
    });
    EXPECT_EQ(w.outcomes([](const counters &all) { return std::to_string(all.zeros); }), outcome_set{"1"});
}

TEST(Atomic, AReadAndASetAreNoUpdate)
{
    kernel_world<counters> w([](counters &all) {
        for (int i = 0; i < 2; ++i)
            spawn("counter", [&all] { atomic_set(&all.count, atomic_read(&all.count) + 1); });
    });
    w.points = sim::point_set::fine;
    EXPECT_EQ(w.outcomes([](const counters &all) { return std::to_string(all.count.counter); }),
              (outcome_set{"1", "2"}));
}

TEST(Lockless, KeepsValuesOfEachSizeAndPointers)
{
    kernel_world<counters> w([](counters &all) {
        spawn("a", [&all] {
            all.flag = -7;
            all.small = 200;
            all.pointer = &all.seen;
            *all.pointer = all.flag + all.small;
        });
    });
    w.run();
    EXPECT_EQ(w->seen, 193);
    EXPECT_EQ(w->flag.peek(), -7);
    EXPECT_EQ(w->pointer.peek(), &w->seen);
}

TEST(Lockless, TwoLoadsMaySeeAStoreBetweenThem)
{
    kernel_world<counters> w([](counters &all) {
        spawn("reader", [&all] {
            int first = all.flag;
            all.seen = 10 * first + all.flag;
        });
        spawn("writer", [&all] { all.flag = 1; });
    });
    EXPECT_EQ(w.outcomes([](const counters &all) { return std::to_string(all.seen); }), (outcome_set{"0", "1", "11"}));
}

TEST(Budget, IsNotAskedForWhenItIsSpent)
{
    kernel_world<counters> w([](counters &all) {
        budget().page_faults = 2;
        spawn("a", [&all] {
            for (int i = 0; i < 5; ++i)
                all.seen += disturb(sim::choice_kind::page_fault, budget().page_faults);
        });
    });
    sim::scripted always({1, 1, 1, 1, 1});
    w.run(always);
    EXPECT_EQ(w->seen, 2);
    EXPECT_EQ(always.asked.size(), 2U);
}

TEST(Budget, BelongsToTheWorld)
{
    kernel_world<counters> w([](counters &all) {
        budget().bad_addresses = 3;
        spawn("a", [&all] { all.seen = disturb(sim::choice_kind::bad_address, budget().bad_addresses); });
    });
    sim::scripted yes({1});
    w.run(yes);
    EXPECT_EQ(budget().bad_addresses, 2U);
    w.start.restore();
    EXPECT_EQ(budget().bad_addresses, 3U);
}

} // namespace
} // namespace kernel
