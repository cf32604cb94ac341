#include "sim/kernel/mutex.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/mm.hpp"
#include "sim/kernel/rwsem.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/testing_tasks.hpp"
#include "sim/kernel/wait.hpp"

namespace kernel {
namespace {

struct locks {
    mutex lock, other;
    semaphore gate;
    rw_semaphore rwsem;
    page *pg;
    wait_queue_head_t queue;
    critical_section section;
    letters order;
};

std::string visits_of(const locks &all)
{
    return all.section.text();
}

std::string order_of(const locks &all)
{
    return all.order.text();
}

TEST(Mutex, ExcludesUnderEverySchedule)
{
    kernel_world<locks> w([](locks &all) {
        for (int i = 0; i < 3; ++i)
            spawn("visitor", [&all] {
                mutex_lock(&all.lock);
                all.section.visit();
                mutex_unlock(&all.lock);
            });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"3 visits, 1 at once"});
}

TEST(Mutex, ANewcomerMayOvertakeAWokenWaiter)
{
    kernel_world<locks> w([](locks &all) {
        spawn("first", [&all] {
            mutex_lock(&all.lock);
            sim::point();
            all.order.write(all.lock.waiting == 1 ? 'w' : '-');
            mutex_unlock(&all.lock);
        });
        spawn("second", [&all] {
            mutex_lock(&all.lock);
            all.order.write('s');
            mutex_unlock(&all.lock);
        });
        spawn("third", [&all] {
            sim::point();
            bool is_free = all.lock.holder == 0;
            mutex_lock(&all.lock);
            all.order.write(is_free ? 't' : 'T');
            mutex_unlock(&all.lock);
        });
    });
    EXPECT_TRUE(w.outcomes(order_of).contains("wts"));
}

TEST(Mutex, TakenTwiceByOneTaskIsASelfDeadlock)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &all) {
                  mutex_lock(&all.lock);
                  mutex_lock(&all.lock);
              })),
              "violation: self_deadlock");
}

TEST(Mutex, UnlockedByATaskThatDoesNotHoldItIsReported)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &all) { mutex_unlock(&all.lock); })), "violation: unbalanced_unlock");
    EXPECT_EQ(text_of(alone<locks>([](locks &all) {
                  mutex_lock(&all.lock);
                  mutex_unlock(&all.lock);
                  mutex_unlock(&all.lock);
              })),
              "violation: unbalanced_unlock");
}

TEST(Mutex, TakenInOppositeOrdersDeadlocksUnderSomeSchedule)
{
    kernel_world<locks> w([](locks &all) {
        auto take_both = [](mutex *first, mutex *second) {
            mutex_lock(first);
            mutex_lock(second);
            mutex_unlock(second);
            mutex_unlock(first);
        };
        spawn("ab", [&all, take_both] { take_both(&all.lock, &all.other); });
        spawn("ba", [&all, take_both] { take_both(&all.other, &all.lock); });
    });
    EXPECT_EQ(w.outcomes(), (outcome_set{"done", "hung"}));
}

TEST(Mutex, AStrayWakeUpDoesNotLetAWaiterIn)
{
    kernel_world<locks> w([](locks &all) {
        init_waitqueue_head(&all.queue);
        spawn("waiter", [&all] {
            wait_queue_t wait = DECLARE_WAITQUEUE(current);
            add_wait_queue(&all.queue, &wait);
            mutex_lock(&all.lock);
            all.section.visit();
            mutex_unlock(&all.lock);
            remove_wait_queue(&all.queue, &wait);
        });
        spawn("waker", [&all] {
            mutex_lock(&all.lock);
            wake_up(&all.queue);
            all.section.visit();
            mutex_unlock(&all.lock);
        });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

TEST(BigKernelLock, ExcludesUnderEverySchedule)
{
    kernel_world<locks> w([](locks &all) {
        for (int i = 0; i < 3; ++i)
            spawn("visitor", [&all] {
                lock_kernel();
                all.section.visit();
                unlock_kernel();
            });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"3 visits, 1 at once"});
}

TEST(BigKernelLock, IsHeldUntilTheLastOfItsUnlocks)
{
    kernel_world<locks> w([](locks &all) {
        spawn("recursive", [&all] {
            lock_kernel();
            lock_kernel();
            unlock_kernel();
            all.section.visit();
            unlock_kernel();
        });
        spawn("visitor", [&all] {
            lock_kernel();
            all.section.visit();
            unlock_kernel();
        });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

TEST(BigKernelLock, UnlockedByATaskThatDoesNotHoldItIsReported)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &) { unlock_kernel(); })), "violation: unbalanced_unlock");
}

// The first task sleeps with the lock held; the second needs the lock before it ends that sleep.
outcome_set sleep_with_kernel_locked(void (*prepare)(locks &), void (*sleep)(locks &), void (*wake)(locks &))
{
    kernel_world<locks> w([=](locks &all) {
        sema_init(&all.gate, 0);
        init_waitqueue_head(&all.queue);
        spawn("sleeper", [&all, prepare, sleep] {
            prepare(all);
            lock_kernel();
            lock_kernel();
            sleep(all);
            all.section.visit();
            unlock_kernel();
            all.section.visit();
            unlock_kernel();
        });
        spawn("waker", [&all, wake] {
            down(&all.gate);
            lock_kernel();
            all.section.visit();
            wake(all);
            unlock_kernel();
        });
    });
    return w.outcomes(visits_of);
}

void open_gate(locks &all)
{
    up(&all.gate);
}

TEST(BigKernelLock, IsGivenUpInScheduleAndTakenAgain)
{
    auto prepare = [](locks &all) {
        set_current_state(TASK_UNINTERRUPTIBLE);
        all.order.write('0' + static_cast<char>(current->index));
        open_gate(all);
    };
    auto wake = [](locks &all) {
        wake_up_state(task_of(static_cast<unsigned>(all.order.written[0] - '0')), TASK_UNINTERRUPTIBLE);
    };
    EXPECT_EQ(sleep_with_kernel_locked(
                  prepare, [](locks &) { schedule(); }, wake),
              outcome_set{"3 visits, 1 at once"});
}

TEST(BigKernelLock, IsGivenUpByASleeperForASemaphore)
{
    static semaphore *second;
    auto prepare = [](locks &all) {
        second = static_cast<semaphore *>(sim::allocate(sizeof(semaphore)));
        sema_init(second, 0);
        open_gate(all);
    };
    EXPECT_EQ(sleep_with_kernel_locked(
                  prepare, [](locks &) { down(second); }, [](locks &) { up(second); }),
              outcome_set{"3 visits, 1 at once"});
}

TEST(BigKernelLock, IsGivenUpByASleeperForAMutex)
{
    kernel_world<locks> w([](locks &all) {
        spawn("sleeper", [&all] {
            lock_kernel();
            mutex_lock(&all.lock);
            all.section.visit();
            mutex_unlock(&all.lock);
            unlock_kernel();
        });
        spawn("holder", [&all] {
            mutex_lock(&all.lock);
            lock_kernel();
            all.section.visit();
            unlock_kernel();
            mutex_unlock(&all.lock);
        });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

TEST(BigKernelLock, IsGivenUpByASleeperForARwSemaphore)
{
    kernel_world<locks> w([](locks &all) {
        spawn("sleeper", [&all] {
            lock_kernel();
            down_read(&all.rwsem);
            all.section.visit();
            up_read(&all.rwsem);
            unlock_kernel();
        });
        spawn("holder", [&all] {
            down_write(&all.rwsem);
            lock_kernel();
            all.section.visit();
            unlock_kernel();
            up_write(&all.rwsem);
        });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

TEST(BigKernelLock, IsGivenUpByASleeperForAPageLock)
{
    kernel_world<locks> w([](locks &all) {
        all.pg = alloc_page(GFP_KERNEL);
        spawn("sleeper", [&all] {
            lock_kernel();
            lock_page(all.pg);
            all.section.visit();
            unlock_page(all.pg);
            unlock_kernel();
        });
        spawn("holder", [&all] {
            lock_page(all.pg);
            lock_kernel();
            all.section.visit();
            unlock_kernel();
            unlock_page(all.pg);
        });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

} // namespace
} // namespace kernel
