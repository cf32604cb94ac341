#include "sim/kernel/semaphore.hpp"

#include <cerrno>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct locks {
    semaphore sem;
    critical_section section;
    letters order;
    int err;
};

std::string visits_of(const locks &all)
{
    return all.section.text();
}

outcome_set visits_with_units(int units)
{
    kernel_world<locks> w([units](locks &all) {
        sema_init(&all.sem, units);
        for (int i = 0; i < 3; ++i)
            spawn("visitor", [&all] {
                down(&all.sem);
                all.section.visit();
                up(&all.sem);
            });
    });
    return w.outcomes(visits_of);
}

TEST(Semaphore, AdmitsAsManyAsItHasUnitsUnderEverySchedule)
{
    EXPECT_EQ(visits_with_units(1), outcome_set{"3 visits, 1 at once"});
    EXPECT_EQ(visits_with_units(2), (outcome_set{"3 visits, 1 at once", "3 visits, 2 at once"}));
    EXPECT_EQ(visits_with_units(0), outcome_set{"hung"});
}

TEST(Semaphore, ANewcomerMayOvertakeAWokenSleeper)
{
    kernel_world<locks> w([](locks &all) {
        sema_init(&all.sem, 0);
        spawn("sleeper", [&all] {
            down(&all.sem);
            all.order.write('s');
            up(&all.sem);
        });
        spawn("giver", [&all] {
            all.order.write(list_empty(&all.sem.wait.task_list) ? '-' : 'w');
            up(&all.sem);
        });
        spawn("newcomer", [&all] {
            sim::point();
            bool came_after = all.sem.count == 1;
            down(&all.sem);
            all.order.write(came_after ? 'n' : 'N');
            up(&all.sem);
        });
    });
    outcome_set seen = w.outcomes([](const locks &all) { return all.order.text(); });
    EXPECT_TRUE(seen.contains("wns"));
    EXPECT_TRUE(seen.contains("wsn") || seen.contains("wsN"));
    EXPECT_FALSE(seen.contains("hung"));
}

TEST(Semaphore, WakesEachOfSeveralSleepersUnderEverySchedule)
{
    kernel_world<locks> w([](locks &all) {
        sema_init(&all.sem, 0);
        for (int i = 0; i < 2; ++i)
            spawn("sleeper", [&all] { down(&all.sem); });
        spawn("giver", [&all] {
            up(&all.sem);
            up(&all.sem);
        });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"done"});
}

TEST(Semaphore, TrylockTakesAFreeUnitAndNeverSleeps)
{
    kernel_world<locks> w([](locks &all) {
        spawn("a", [&all] {
            sema_init(&all.sem, 1);
            all.err = down_trylock(&all.sem);
            all.err = all.err * 10 + down_trylock(&all.sem);
            up(&all.sem);
            all.err = all.err * 10 + down_trylock(&all.sem);
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->err, 10);
}

std::string interrupted(int sig, bool blocked)
{
    kernel_world<locks> w([=](locks &all) {
        sema_init(&all.sem, 0);
        all.err = 1;
        task_struct *sleeper = spawn("sleeper", [&all] { all.err = down_interruptible(&all.sem); });
        if (blocked)
            siginitsetinv(&sleeper->blocked, sigmask(SIGKILL));
        spawn("sender", [=] { send_sig(sig, sleeper); });
    });
    outcome_set seen = w.outcomes([](const locks &all) { return std::to_string(all.err); });
    return seen.size() == 1 ? *seen.begin() : "several";
}

TEST(Semaphore, AnInterruptibleSleepEndsWithASignalThatIsNotBlocked)
{
    EXPECT_EQ(interrupted(SIGINT, false), std::to_string(-EINTR));
    EXPECT_EQ(interrupted(SIGKILL, true), std::to_string(-EINTR));
    EXPECT_EQ(interrupted(SIGINT, true), "hung");
}

TEST(Semaphore, AnUninterruptibleSleepDoesNotEndWithSigkill)
{
    kernel_world<locks> w([](locks &all) {
        sema_init(&all.sem, 0);
        task_struct *sleeper = spawn("sleeper", [&all] { down(&all.sem); });
        spawn("sender", [sleeper] { send_sig(SIGKILL, sleeper); });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"hung"});
}

TEST(Semaphore, APendingSignalDoesNotKeepAFreeUnitFromAnInterruptibleTaker)
{
    kernel_world<locks> w([](locks &all) {
        sema_init(&all.sem, 1);
        spawn("taker", [&all] {
            send_sig(SIGINT, current);
            all.err = down_interruptible(&all.sem);
        });
    });
    w.run();
    EXPECT_EQ(w->err, 0);
    EXPECT_EQ(w->sem.count, 0);
}

TEST(Semaphore, LosesNoUnitWhenASignalAndAnUpMeet)
{
    kernel_world<locks> w([](locks &all) {
        sema_init(&all.sem, 0);
        task_struct *sleeper = spawn("interruptible", [&all] {
            all.err = down_interruptible(&all.sem);
            if (all.err == 0)
                up(&all.sem);
        });
        spawn("sender", [sleeper] { send_sig(SIGINT, sleeper); });
        spawn("giver", [&all] { up(&all.sem); });
        spawn("patient", [&all] { down(&all.sem); });
    });
    auto describe = [](const locks &all) { return fmt::format("{} {}", all.err, all.sem.count); };
    EXPECT_EQ(w.outcomes(describe), (outcome_set{"0 0", "-4 0"}));
}

TEST(Semaphore, AStrayWakeUpDoesNotEndASleep)
{
    kernel_world<locks> w([](locks &all) {
        sema_init(&all.sem, 0);
        task_struct *sleeper = spawn("sleeper", [&all] { down(&all.sem); });
        spawn("stray", [sleeper] { wake_up_state(sleeper, TASK_UNINTERRUPTIBLE); });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"hung"});
}

} // namespace
} // namespace kernel
