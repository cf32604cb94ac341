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
           : address == &all.inner      ? "inner"
           : address == &all.rwsem      ? "rwsem"
           : address == &all.exclusion  ? "mutex"
           : address == this_task()     ? "the task"
                                        : "";
}

std::string report_of(body wrong, sim::watch_set watching = sim::watch_locks)
{
    kernel_world<shared> w = world_with(wrong, [](shared &) {});
    sim::the_run.watching = watching;
    sim::install_object_namer(name_of_it);
    sim::by_priority chooser({1, 2});
    sim::verdict v = w.run(chooser);
    stop_watching();
    return v.kind == sim::verdict_kind::done ? "done" : v.invariant + " in " + v.where.function() + ": " + v.message;
}

constexpr unsigned line_of_lock = __LINE__ + 3;
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

constexpr unsigned line_of_locks = __LINE__ + 3;
void sleep_under_two(shared &all)
{
    spin_lock(&all.lock);
    spin_lock(&all.inner);
    down(&all.sem);
}

constexpr unsigned line_of_inner = __LINE__ + 4;
void sleep_under_the_second(shared &all)
{
    spin_lock(&all.lock);
    spin_lock(&all.inner);
    spin_unlock(&all.lock);
    might_sleep();
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
              fmt::format("sleep_in_atomic in sleep_under_lock: the task may sleep in mutex_lock, called by sleep_under_lock, "
                          "while it holds lock, taken in sleep_under_lock (lock_report_test.cpp:{})", line_of_lock));
    EXPECT_EQ(report_of(sleep_under_two),
              fmt::format("sleep_in_atomic in sleep_under_two: the task may sleep in down, called by sleep_under_two, while it "
                          "holds lock, taken in sleep_under_two (lock_report_test.cpp:{}), and inner, taken in "
                          "sleep_under_two (lock_report_test.cpp:{})", line_of_locks, line_of_locks + 1));
    EXPECT_EQ(report_of(sleep_under_the_second),
              fmt::format("sleep_in_atomic in sleep_under_the_second: the task may sleep in sleep_under_the_second while it "
                          "holds inner, taken in sleep_under_the_second (lock_report_test.cpp:{})", line_of_inner));
    EXPECT_EQ(report_of(sleep_under_kmap),
              "sleep_in_atomic in sleep_under_kmap: the task may sleep in sleep_under_kmap while it holds an atomic kmap");
    EXPECT_EQ(report_of(sleep_afterwards), "done");
}

TEST(LockReport, SaysUnderWhatACallMaySleepWhateverIsWatched)
{
    for (body wrong : {sleep_under_lock, sleep_under_two, sleep_under_the_second, sleep_under_kmap})
        for (sim::watch_set watching : {sim::watch_memory, sim::watch_races, sim::watch_all})
            EXPECT_EQ(report_of(wrong, watching), report_of(wrong, 0));
}

// The function that a report says may sleep, when this is called with a spinlock held.
body called_under_lock;
std::string sleeper_in(body call)
{
    called_under_lock = call;
    std::string report = report_of([](shared &all) {
        spin_lock(&all.lock);
        called_under_lock(all);
    });
    std::string before = "the task may sleep in ";
    std::size_t begin = report.find(before) + before.size();
    return report.substr(begin, report.find(", called by operator(), ", begin) - begin);
}

TEST(LockReport, SaysWhichFunctionMaySleep)
{
    EXPECT_EQ(sleeper_in([](shared &all) { down_read(&all.rwsem); }), "down_read");
    EXPECT_EQ(sleeper_in([](shared &all) { down_write(&all.rwsem); }), "down_write");
    EXPECT_EQ(sleeper_in([](shared &all) { down_interruptible(&all.sem); }), "down_interruptible");
    EXPECT_EQ(sleeper_in([](shared &) { kmalloc(8, GFP_KERNEL); }), "kmalloc");
    EXPECT_EQ(sleeper_in([](shared &) { kzalloc(8, GFP_KERNEL); }), "kzalloc");
    EXPECT_EQ(sleeper_in([](shared &all) { kmem_cache_alloc(all.cache, GFP_KERNEL); }), "kmem_cache_alloc");
    EXPECT_EQ(sleeper_in([](shared &) { alloc_page(GFP_KERNEL); }), "alloc_page");
    EXPECT_EQ(sleeper_in([](shared &all) { lock_page(all.pg); }), "lock_page");
    EXPECT_EQ(sleeper_in([](shared &) { schedule(); }), "schedule");
    EXPECT_EQ(sleeper_in([](shared &) { lock_kernel(); }), "lock_kernel");
    EXPECT_EQ(sleeper_in([](shared &all) { wait_event(all.queue, [&] { return all.done; }); }), "wait_event");
    EXPECT_EQ(sleeper_in([](shared &) { copy_to_user(user_base(), "", 1); }), "copy_to_user");
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
