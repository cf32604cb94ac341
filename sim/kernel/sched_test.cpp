#include "sim/kernel/sched.hpp"

#include <array>

#include <gtest/gtest.h>

#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct observations {
    int woken;
    long state;
    letters order;
};

TEST(Schedule, ReturnsAtOnceToARunningTask)
{
    EXPECT_EQ(text_of(alone<observations>([](observations &) { schedule(); })), "done");
}

TEST(Schedule, SleepsUntilSomebodyWakesTheTask)
{
    kernel_world<observations> w([](observations &all) {
        task_struct *sleeper = spawn("sleeper", [&all] {
            set_current_state(TASK_UNINTERRUPTIBLE);
            schedule();
            all.order.write('s');
            all.state = current->state;
        });
        spawn("waker", [&all, sleeper] {
            sim::point();
            all.order.write('w');
            all.woken = wake_up_state(sleeper, TASK_UNINTERRUPTIBLE);
        });
    });
    EXPECT_EQ(w.outcomes([](const observations &all) { return all.order.text(); }), (outcome_set{"ws", "hung"}));
}

TEST(Schedule, DoesNotSleepAfterAWakeUpThatCameBetween)
{
    kernel_world<observations> w([](observations &) {
        spawn("a", [] {
            set_current_state(TASK_UNINTERRUPTIBLE);
            wake_up_state(current, TASK_UNINTERRUPTIBLE);
            schedule();
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
}

TEST(Schedule, WakesOnlyTasksInTheStatesAskedFor)
{
    kernel_world<observations> w([](observations &all) {
        spawn("a", [&all] {
            all.woken = wake_up_state(current, TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE);
            set_current_state(TASK_UNINTERRUPTIBLE);
            all.woken += 2 * wake_up_state(current, TASK_INTERRUPTIBLE);
            all.woken += 4 * wake_up_state(current, TASK_UNINTERRUPTIBLE);
            all.woken += 8 * wake_up_state(current, TASK_UNINTERRUPTIBLE);
        });
    });
    w.run();
    EXPECT_EQ(w->woken, 4);
}

TEST(Schedule, GivesEachTaskAStructOfItsOwn)
{
    kernel_world<std::array<task_struct *, 2>> w([](auto &all) {
        for (task_struct *&mine : all)
            spawn("a", [&mine] {
                sim::point();
                mine = current;
            });
    });
    w.run();
    auto [first, second] = *w;
    EXPECT_NE(first->pid, second->pid);
    EXPECT_EQ(first->lock_depth, -1);
    EXPECT_EQ(task_of(second->index), second);
}

} // namespace
} // namespace kernel
