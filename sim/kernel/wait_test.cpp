#include "sim/kernel/wait.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/lockless.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct queues {
    wait_queue_head_t queue;
    spinlock_t lock;
    lockless<int> ready;
    int items, woken, err;
    long state_after;
    bool listed_after;
};

void sleep_once(queues &all, long state, bool exclusive)
{
    wait_queue_t wait = DECLARE_WAITQUEUE(current);
    if (exclusive)
        add_wait_queue_exclusive(&all.queue, &wait);
    else
        add_wait_queue(&all.queue, &wait);
    set_current_state(state);
    schedule();
    remove_wait_queue(&all.queue, &wait);
    ++all.woken;
}

struct sleepers {
    int exclusive, shared;
    long state = TASK_INTERRUPTIBLE;
};

// How many of the sleepers go on when all are asleep and the last task does this.
int woken_by(sleepers who, void (*wake)(queues &))
{
    kernel_world<queues> w([=](queues &all) {
        init_waitqueue_head(&all.queue);
        for (int i = 0; i < who.exclusive + who.shared; ++i)
            spawn("sleeper", [&all, who, i] { sleep_once(all, who.state, i < who.exclusive); });
        spawn("waker", [&all, wake] { wake(all); });
    });
    w.run();
    return w->woken;
}

TEST(WaitQueue, WakeUpWakesEverySharedWaiterAndOneExclusiveOne)
{
    EXPECT_EQ(woken_by({.exclusive = 3, .shared = 2}, [](queues &all) { wake_up(&all.queue); }), 3);
    EXPECT_EQ(woken_by({.exclusive = 2, .shared = 0}, [](queues &all) { wake_up(&all.queue); }), 1);
}

TEST(WaitQueue, WakeUpAllWakesEveryExclusiveWaiter)
{
    EXPECT_EQ(woken_by({.exclusive = 3, .shared = 2}, [](queues &all) { wake_up_all(&all.queue); }), 5);
}

TEST(WaitQueue, WakeUpInterruptiblePassesOverUninterruptibleSleepers)
{
    auto wake = [](queues &all) { wake_up_interruptible(&all.queue); };
    EXPECT_EQ(woken_by({.exclusive = 2, .shared = 1}, wake), 2);
    EXPECT_EQ(woken_by({.exclusive = 2, .shared = 1, .state = TASK_UNINTERRUPTIBLE}, wake), 0);
}

TEST(WaitQueue, WakeUpWakesUninterruptibleSleepersToo)
{
    EXPECT_EQ(woken_by({.exclusive = 2, .shared = 1, .state = TASK_UNINTERRUPTIBLE},
                       [](queues &all) { wake_up(&all.queue); }),
              2);
}

TEST(WaitQueue, AnExclusiveWakeUpPassesOverARunnableWaiter)
{
    kernel_world<queues> w([](queues &all) {
        init_waitqueue_head(&all.queue);
        for (int i = 0; i < 3; ++i)
            spawn("sleeper", [&all] { sleep_once(all, TASK_INTERRUPTIBLE, true); });
        spawn("waker", [&all] {
            wake_up(&all.queue);
            wake_up(&all.queue);
        });
    });
    w.run();
    EXPECT_EQ(w->woken, 2);
}

TEST(WaitQueue, ASignalledExclusiveWaiterDoesNotSwallowAWakeUp)
{
    kernel_world<queues> w([](queues &all) {
        init_waitqueue_head(&all.queue);
        task_struct *first = spawn("first", [&all] { sleep_once(all, TASK_INTERRUPTIBLE, true); });
        spawn("second", [&all] { sleep_once(all, TASK_INTERRUPTIBLE, true); });
        spawn("waker", [&all, first] {
            send_sig(SIGINT, first);
            wake_up(&all.queue);
        });
    });
    w.run();
    EXPECT_EQ(w->woken, 2);
}

void consume(queues &all)
{
    spin_lock(&all.lock);
    wait_queue_t wait = DECLARE_WAITQUEUE(current);
    add_wait_queue_exclusive(&all.queue, &wait);
    while (all.items == 0) {
        set_current_state(TASK_INTERRUPTIBLE);
        spin_unlock(&all.lock);
        schedule();
        spin_lock(&all.lock);
    }
    set_current_state(TASK_RUNNING);
    remove_wait_queue(&all.queue, &wait);
    --all.items;
    spin_unlock(&all.lock);
}

void produce(queues &all)
{
    spin_lock(&all.lock);
    ++all.items;
    wake_up(&all.queue);
    spin_unlock(&all.lock);
}

TEST(WaitQueue, TwoItemsReachTwoExclusiveConsumersUnderEverySchedule)
{
    kernel_world<queues> w([](queues &all) {
        init_waitqueue_head(&all.queue);
        for (int i = 0; i < 2; ++i)
            spawn("consumer", [&all] { consume(all); });
        spawn("producer", [&all] {
            produce(all);
            produce(all);
        });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"done"});
    EXPECT_GT(w.runs_done, 100U);
}

TEST(WaitQueue, KnowsWhetherSomebodyWaits)
{
    kernel_world<queues> w([](queues &all) {
        init_waitqueue_head(&all.queue);
        spawn("a", [&all] {
            wait_queue_t wait = DECLARE_WAITQUEUE(current);
            all.woken = waitqueue_active(&all.queue);
            add_wait_queue(&all.queue, &wait);
            all.woken += 2 * waitqueue_active(&all.queue);
            remove_wait_queue(&all.queue, &wait);
            all.woken += 4 * waitqueue_active(&all.queue);
        });
    });
    w.run();
    EXPECT_EQ(w->woken, 2);
}

outcome_set wait_beside(void (*waker)(queues &))
{
    kernel_world<queues> w([waker](queues &all) {
        init_waitqueue_head(&all.queue);
        spawn("waiter", [&all] {
            wait_event(all.queue, [&all] { return all.ready != 0; });
            all.state_after = current->state;
            all.listed_after = waitqueue_active(&all.queue);
        });
        spawn("waker", [&all, waker] { waker(all); });
    });
    return w.outcomes([](const queues &all) { return fmt::format("{} {}", all.state_after, all.listed_after); });
}

TEST(WaitEvent, LosesNoWakeUpThatComesAfterTheCondition)
{
    EXPECT_EQ(wait_beside([](queues &all) {
                  all.ready = 1;
                  wake_up(&all.queue);
              }),
              outcome_set{"0 false"});
}

TEST(WaitEvent, HangsUnderSomeScheduleWhenTheWakeUpComesBeforeTheCondition)
{
    EXPECT_EQ(wait_beside([](queues &all) {
                  wake_up(&all.queue);
                  all.ready = 1;
              }),
              (outcome_set{"0 false", "hung"}));
}

TEST(WaitEvent, SleepsOnWhenTheConditionDoesNotHold)
{
    EXPECT_EQ(wait_beside([](queues &all) {
                  wake_up(&all.queue);
                  wake_up_all(&all.queue);
              }),
              outcome_set{"hung"});
}

TEST(WaitEvent, WakesSeveralWaitersOfOneCondition)
{
    kernel_world<queues> w([](queues &all) {
        init_waitqueue_head(&all.queue);
        for (int i = 0; i < 2; ++i)
            spawn("waiter", [&all] { wait_event(all.queue, [&all] { return all.ready != 0; }); });
        spawn("waker", [&all] {
            all.ready = 1;
            wake_up(&all.queue);
        });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"done"});
}

outcome_set wait_interruptibly(int sig)
{
    kernel_world<queues> w([=](queues &all) {
        init_waitqueue_head(&all.queue);
        task_struct *waiter = spawn("waiter", [&all] {
            all.err = wait_event_interruptible(all.queue, [&all] { return all.ready != 0; });
            all.state_after = current->state;
            all.listed_after = waitqueue_active(&all.queue);
        });
        siginitsetinv(&waiter->blocked, sigmask(SIGKILL) | sigmask(SIGINT));
        spawn("sender", [waiter, sig] { send_sig(sig, waiter); });
    });
    return w.outcomes(
        [](const queues &all) { return fmt::format("{} {} {}", all.err, all.state_after, all.listed_after); });
}

TEST(WaitEvent, InterruptiblyEndsWithErestartsysAtASignal)
{
    EXPECT_EQ(wait_interruptibly(SIGINT), outcome_set{"-512 0 false"});
    EXPECT_EQ(wait_interruptibly(SIGKILL), outcome_set{"-512 0 false"});
}

TEST(WaitEvent, InterruptiblySleepsOnAtABlockedSignal)
{
    EXPECT_EQ(wait_interruptibly(SIGTERM), outcome_set{"hung"});
}

TEST(WaitEvent, InterruptiblyPrefersAConditionThatHoldsToASignal)
{
    kernel_world<queues> w([](queues &all) {
        init_waitqueue_head(&all.queue);
        all.ready = 1;
        spawn("waiter", [&all] {
            send_sig(SIGINT, current);
            all.err = 1 + wait_event_interruptible(all.queue, [&all] { return all.ready != 0; });
        });
    });
    w.run();
    EXPECT_EQ(w->err, 1);
}

TEST(WaitEvent, DoesNotEndWithSigkillWhenUninterruptible)
{
    kernel_world<queues> w([](queues &all) {
        init_waitqueue_head(&all.queue);
        task_struct *waiter = spawn("waiter", [&all] { wait_event(all.queue, [&all] { return all.ready != 0; }); });
        spawn("killer", [waiter] { send_sig(SIGKILL, waiter); });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"hung"});
}

} // namespace
} // namespace kernel
