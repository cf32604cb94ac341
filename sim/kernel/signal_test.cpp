#include "sim/kernel/signal.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/sched.hpp"
#include "sim/kernel/testing_tasks.hpp"
#include "sim/kernel/wait.hpp"

namespace kernel {
namespace {

struct observations {
    wait_queue_head_t queue;
    std::uint64_t mask, old_mask;
    int pending;
    bool went_on;
};

void block_all_but_sigkill(sigset_t *old)
{
    sigset_t mask;
    siginitsetinv(&mask, sigmask(SIGKILL));
    sigprocmask(SIG_BLOCK, &mask, old);
}

outcome_set interrupted_behind_a_mask(int sig)
{
    kernel_world<observations> w([sig](observations &all) {
        init_waitqueue_head(&all.queue);
        task_struct *sleeper = spawn("sleeper", [&all] {
            sigset_t old;
            block_all_but_sigkill(&old);
            int err = wait_event_interruptible(all.queue, [] { return false; });
            sigprocmask(SIG_SETMASK, &old, nullptr);
            all.went_on = err == -ERESTARTSYS;
        });
        spawn("sender", [sleeper, sig] { send_sig(sig, sleeper); });
    });
    return w.outcomes([](const observations &all) { return all.went_on ? "interrupted" : "woken"; });
}

TEST(Signal, OnlySigkillGetsThroughBlockedSignals)
{
    EXPECT_EQ(interrupted_behind_a_mask(SIGKILL), outcome_set{"interrupted"});
    for (int sig : {SIGINT, SIGTERM, SIGIO, SIGHUP, SIGUSR1, SIGSTOP})
        EXPECT_TRUE(interrupted_behind_a_mask(sig).contains("hung")) << sig;
}

TEST(Signal, ASignalBeforeTheMaskEndsNoSleepBehindIt)
{
    kernel_world<observations> w([](observations &all) {
        init_waitqueue_head(&all.queue);
        spawn("sleeper", [&all] {
            send_sig(SIGINT, current);
            block_all_but_sigkill(nullptr);
            wait_event_interruptible(all.queue, [] { return false; });
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::hung);
}

std::uint64_t mask_after(int how, std::uint64_t before, std::uint64_t set)
{
    kernel_world<observations> w([=](observations &all) {
        spawn("a", [&all, how, before, set] {
            current->blocked.bits = before;
            sigset_t given = {set}, old;
            sigprocmask(how, &given, &old);
            all.mask = current->blocked.bits;
            all.old_mask = old.bits;
        });
    });
    w.run();
    EXPECT_EQ(w->old_mask, before);
    return w->mask;
}

TEST(Signal, SigprocmaskAddsTakesAwayOrReplacesAndReturnsWhatWas)
{
    EXPECT_EQ(mask_after(SIG_BLOCK, 0b0110, 0b0011), 0b0111U);
    EXPECT_EQ(mask_after(SIG_UNBLOCK, 0b0110, 0b0011), 0b0100U);
    EXPECT_EQ(mask_after(SIG_SETMASK, 0b0110, 0b0011), 0b0011U);
}

TEST(Signal, ABlockedSignalStaysPendingUntilItIsUnblocked)
{
    kernel_world<observations> w([](observations &all) {
        spawn("a", [&all] {
            sigset_t old;
            block_all_but_sigkill(&old);
            send_sig(SIGINT, current);
            all.pending = signal_pending(current);
            sigprocmask(SIG_SETMASK, &old, nullptr);
            all.pending += 2 * signal_pending(current);
        });
    });
    w.run();
    EXPECT_EQ(w->pending, 2);
}

outcome_set signal_a_sleeper(long state)
{
    kernel_world<observations> w([state](observations &) {
        task_struct *sleeper = spawn("sleeper", [state] {
            set_current_state(state);
            schedule();
        });
        spawn("sender", [sleeper] { send_sig(SIGKILL, sleeper); });
    });
    return w.outcomes();
}

TEST(Signal, WakesAnInterruptibleSleeperUnderEverySchedule)
{
    EXPECT_EQ(signal_a_sleeper(TASK_INTERRUPTIBLE), outcome_set{"done"});
}

TEST(Signal, DoesNotWakeAnUninterruptibleSleeper)
{
    EXPECT_EQ(signal_a_sleeper(TASK_UNINTERRUPTIBLE), outcome_set{"hung"});
}

TEST(Signal, ToATaskThatHasEndedHasNoEffect)
{
    kernel_world<observations> w([](observations &all) {
        task_struct *early = spawn("early", [] {});
        spawn("sender", [&all, early] {
            send_sig(SIGKILL, early);
            all.mask = early->pending.bits;
        });
    });
    w.run();
    EXPECT_EQ(w->mask, 0U);
}

TEST(Signal, HasABitOfItsOwnInASet)
{
    EXPECT_EQ(sigmask(SIGHUP), 1U);
    EXPECT_EQ(sigmask(SIGKILL), 1U << 8);
    sigset_t all_but_kill;
    siginitsetinv(&all_but_kill, sigmask(SIGKILL));
    EXPECT_EQ(all_but_kill.bits, ~std::uint64_t{1U << 8});
}

} // namespace
} // namespace kernel
