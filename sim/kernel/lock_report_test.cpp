#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_races.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/lock_order.hpp"

namespace kernel {
namespace {

// The words of each report about locks but that of a circle, on a few lines of kernel code.
std::string name_of_it(const void *address)
{
    const shared &all = shared_of_test();
    return address == &all.lock         ? "lock"
           : address == &all.rwsem      ? "rwsem"
           : address == &all.exclusion  ? "mutex"
           : address == this_task()     ? "the task"
                                        : "";
}

std::string report_of(body wrong)
{
    kernel_world<shared> w = world_with(wrong, [](shared &) {});
    sim::the_run.watching = sim::watch_locks;
    sim::install_object_namer(name_of_it);
    sim::by_priority chooser({1, 2});
    sim::verdict v = w.run(chooser);
    stop_watching();
    return v.kind == sim::verdict_kind::done ? "done" : v.invariant + " in " + v.where.function() + ": " + v.message;
}

void sleep_under_lock(shared &all)
{
    spin_lock(&all.lock);
    mutex_lock(&all.exclusion);
}

void sleep_under_kmap(shared &all)
{
    void *address = kmap_atomic(all.pg, KM_USER0);
    down(&all.sem);
    kunmap_atomic(address, KM_USER0);
}

void sleep_afterwards(shared &all)
{
    spin_lock(&all.lock);
    spin_unlock(&all.lock);
    kunmap_atomic(kmap_atomic(all.pg, KM_USER0), KM_USER0);
    mutex_lock(&all.exclusion);
    mutex_unlock(&all.exclusion);
}

TEST(LockReport, SaysUnderWhatACallMaySleep)
{
    EXPECT_EQ(report_of(sleep_under_lock),
              "sleep_in_atomic in sleep_under_lock: the task may sleep in sleep_under_lock while it holds a spinlock");
    EXPECT_EQ(report_of(sleep_under_kmap),
              "sleep_in_atomic in sleep_under_kmap: the task may sleep in sleep_under_kmap while it holds an atomic kmap");
    EXPECT_EQ(report_of(sleep_afterwards), "done");
}

void touch_unlocked(shared &all)
{
    lockdep_assert_held(&all.lock);
}

void touch_without_semaphore(shared &all)
{
    lockdep_assert_held(&all.rwsem);
}

TEST(LockReport, SaysWhichLockIsNotHeld)
{
    EXPECT_EQ(report_of(touch_unlocked), "lock_not_held in touch_unlocked: the task is in touch_unlocked without lock");
    EXPECT_EQ(report_of(touch_without_semaphore),
              "lock_not_held in touch_without_semaphore: the task is in touch_without_semaphore without rwsem");
}

void read_again(shared &all)
{
    down_read(&all.rwsem);
    down_read(&all.rwsem);
}

TEST(LockReport, SaysThatAReaderWaitsBehindAWriterThatItHoldsUp)
{
    EXPECT_EQ(report_of(read_again),
              "read_lock_recursion in read_again: the task reads rwsem which it reads already: a writer that comes between "
              "waits for the first and holds up the second");
}

void lock_again(shared &all)
{
    mutex_lock(&all.exclusion);
    mutex_lock(&all.exclusion);
}

void spin_again(shared &all)
{
    spin_lock(&all.lock);
    spin_lock(&all.lock);
}

TEST(LockReport, SaysWhoWaitsForItself)
{
    EXPECT_EQ(report_of(lock_again), "self_deadlock in lock_again: the task takes mutex which it holds");
    EXPECT_EQ(report_of(spin_again), "self_deadlock in spin_again: the task takes lock which it holds");
}

} // namespace
} // namespace kernel
