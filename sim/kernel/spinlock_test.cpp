#include "sim/kernel/spinlock.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/testing_tasks.hpp"
#include "sim/kernel/wait.hpp"

namespace kernel {
namespace {

struct locks {
    spinlock_t a, b;
    wait_queue_head_t queue;
    critical_section section;
};

std::string visits_of(const locks &all)
{
    return all.section.text();
}

void visit_locked(locks &all)
{
    spin_lock(&all.a);
    all.section.visit();
    spin_unlock(&all.a);
}

TEST(Spinlock, ExcludesUnderEverySchedule)
{
    kernel_world<locks> w([](locks &all) {
        for (int i = 0; i < 3; ++i)
            spawn("visitor", [&all] { visit_locked(all); });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"3 visits, 1 at once"});
    w.points = sim::point_set::fine;
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"3 visits, 1 at once"});
}

TEST(Spinlock, LetsTwoTasksInThatTakeTwoLocks)
{
    kernel_world<locks> w([](locks &all) {
        for (spinlock_t *lock : {&all.a, &all.b})
            spawn("visitor", [&all, lock] {
                spin_lock(lock);
                all.section.visit();
                spin_unlock(lock);
            });
    });
    EXPECT_EQ(w.outcomes(visits_of), (outcome_set{"2 visits, 1 at once", "2 visits, 2 at once"}));
}

TEST(Spinlock, TakenTwiceByOneTaskIsASelfDeadlock)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &all) {
                  spin_lock(&all.a);
                  spin_lock(&all.a);
              })),
              "violation: self_deadlock");
}

TEST(Spinlock, UnlockedByATaskThatDoesNotHoldItIsReported)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &all) { spin_unlock(&all.a); })), "violation: unbalanced_unlock");
    kernel_world<locks> w([](locks &all) {
        spawn("holder", [&all] {
            spin_lock(&all.a);
            sim::point();
            spin_unlock(&all.a);
        });
        spawn("stranger", [&all] { spin_unlock(&all.a); });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"violation: unbalanced_unlock"});
}

TEST(Spinlock, TakenInOppositeOrdersDeadlocksUnderSomeSchedule)
{
    kernel_world<locks> w([](locks &all) {
        auto take_both = [](spinlock_t *first, spinlock_t *second) {
            spin_lock(first);
            spin_lock(second);
            spin_unlock(second);
            spin_unlock(first);
        };
        spawn("ab", [&all, take_both] { take_both(&all.a, &all.b); });
        spawn("ba", [&all, take_both] { take_both(&all.b, &all.a); });
    });
    EXPECT_EQ(w.outcomes(), (outcome_set{"done", "hung"}));
}

TEST(Spinlock, SpinnersDoNotTakeSteps)
{
    kernel_world<locks> w([](locks &all) {
        for (int i = 0; i < 2; ++i)
            spawn("visitor", [&all] { visit_locked(all); });
    });
    w.run();
    std::uint32_t steps = sim::the_run.steps;
    w.outcomes([&](const locks &) {
        EXPECT_EQ(sim::the_run.steps, steps);
        return "";
    });
}

TEST(Spinlock, AWakeUpDoesNotLetASpinnerPastTheLock)
{
    kernel_world<locks> w([](locks &all) {
        init_waitqueue_head(&all.queue);
        spawn("sleeper to be", [&all] {
            wait_queue_t wait = DECLARE_WAITQUEUE(current);
            prepare_to_wait(&all.queue, &wait, TASK_INTERRUPTIBLE);
            visit_locked(all);
            finish_wait(&all.queue, &wait);
        });
        spawn("waker", [&all] {
            spin_lock(&all.a);
            wake_up(&all.queue);
            all.section.visit();
            spin_unlock(&all.a);
        });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

TEST(Spinlock, ASignalDoesNotLetASpinnerPastTheLock)
{
    kernel_world<locks> w([](locks &all) {
        task_struct *spinner = spawn("sleeper to be", [&all] {
            set_current_state(TASK_INTERRUPTIBLE);
            visit_locked(all);
            set_current_state(TASK_RUNNING);
        });
        spawn("sender", [&all, spinner] {
            spin_lock(&all.a);
            send_sig(SIGKILL, spinner);
            all.section.visit();
            spin_unlock(&all.a);
        });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

TEST(Spinlock, AssertionsOfItsHolderAreChecked)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &all) {
                  spin_lock(&all.a);
                  lockdep_assert_held(&all.a);
                  spin_unlock(&all.a);
                  lockdep_assert_held(&all.a);
              })),
              "violation: lock_not_held");
    EXPECT_EQ(text_of(alone<locks>([](locks &all) {
                  spin_lock(&all.a);
                  lockdep_assert_held(&all.a);
                  spin_unlock(&all.a);
              })),
              "done");
}

TEST(Spinlock, SaysWhetherItIsTaken)
{
    kernel_world<int> w([](int &seen) {
        spawn("a", [&seen] {
            spinlock_t lock;
            spin_lock_init(&lock);
            seen = spin_is_locked(&lock);
            spin_lock(&lock);
            seen += 2 * spin_is_locked(&lock);
            spin_unlock(&lock);
            seen += 4 * spin_is_locked(&lock);
        });
    });
    w.run();
    EXPECT_EQ(*w, 2);
}

} // namespace
} // namespace kernel
