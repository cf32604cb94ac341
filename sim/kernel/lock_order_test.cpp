#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_races.hpp"
#include "sim/lock_order.hpp"

namespace kernel {
namespace {

const void *mmap_sem = nullptr; // of the process that has memory

std::string name_of_lock(const void *address)
{
    const shared &all = shared_of_test();
    return address == &all.lock        ? "lock"
           : address == &all.inner     ? "inner"
           : address == &all.exclusion ? "mutex"
           : address == &all.rwsem     ? "rwsem"
           : address == mmap_sem       ? "mmap_sem"
                                       : "";
}

sim::verdict watched_in_order(body first, body second, std::vector<unsigned> order)
{
    kernel_world<shared> w = world_with(first, second);
    sim::the_run.watching = sim::watch_locks;
    sim::install_object_namer(name_of_lock);
    sim::by_priority chooser(std::move(order));
    sim::verdict v = w.run(chooser);
    stop_watching();
    return v;
}

constexpr unsigned first_line = __LINE__ + 3;
void mutex_then_reader(shared &all)
{
    mutex_lock(&all.exclusion);
    down_read(&all.rwsem);
    up_read(&all.rwsem);
    mutex_unlock(&all.exclusion);
}

void reader_then_mutex(shared &all)
{
    down_read(&all.rwsem);
    mutex_lock(&all.exclusion);
    mutex_unlock(&all.exclusion);
    up_read(&all.rwsem);
}

void idle(shared &) {}

TEST(LockOrder, ACircleIsReportedThoughNobodyWaits)
{
    EXPECT_EQ(watched_in_order(mutex_then_reader, reader_then_mutex, {1, 2}).message,
              fmt::format("two takes mutex in reader_then_mutex (lock_order_test.cpp:{}) while it holds rwsem, taken in "
                          "reader_then_mutex (lock_order_test.cpp:{}), and one takes rwsem in mutex_then_reader "
                          "(lock_order_test.cpp:{}) while it holds mutex, taken in mutex_then_reader "
                          "(lock_order_test.cpp:{}): locks are taken in a circle",
                          first_line + 9, first_line + 8, first_line + 1, first_line));
}

TEST(LockOrder, ACircleIsTheSameWhicheverOrderClosesIt)
{
    sim::verdict one_last = watched_in_order(mutex_then_reader, reader_then_mutex, {2, 1});
    sim::verdict two_last = watched_in_order(mutex_then_reader, reader_then_mutex, {1, 2});
    EXPECT_STREQ(one_last.where.function(), two_last.where.function());
    EXPECT_EQ(one_last.caller, "mutex, rwsem");
    EXPECT_EQ(two_last.caller, "mutex, rwsem");
    EXPECT_EQ(one_last.invariant, "lock_order");
}

TEST(LockOrder, TheOrdersOfTheSetupBelongToEachRun)
{
    sim::the_run.watching = sim::watch_locks;
    sim::install_object_namer(name_of_lock);
    kernel_world<shared> w([](shared &all) {
        world_of_test = &all;
        init_rwsem(&all.rwsem);
        mutex_init(&all.exclusion);
        mutex_then_reader(all);
        spawn("task", [&all] { reader_then_mutex(all); });
    });
    sim::verdict first = w.run(), second = w.run();
    stop_watching();
    EXPECT_EQ(first.invariant, "lock_order");
    EXPECT_EQ(second.message,
              fmt::format("task takes mutex in reader_then_mutex (lock_order_test.cpp:{}) while it holds rwsem, taken in "
                          "reader_then_mutex (lock_order_test.cpp:{}), and setup takes rwsem in mutex_then_reader "
                          "(lock_order_test.cpp:{}) while it holds mutex, taken in mutex_then_reader "
                          "(lock_order_test.cpp:{}): locks are taken in a circle",
                          first_line + 9, first_line + 8, first_line + 1, first_line));
}

TEST(LockOrder, WhatIsLeftOutMakesNoOrder)
{
    body left_out = [](shared &all) {
        sim::leave_out_of_order(true);
        mutex_then_reader(all);
        sim::leave_out_of_order(false);
    };
    EXPECT_EQ(watched_in_order(left_out, reader_then_mutex, {1, 2}).kind, sim::verdict_kind::done);
}

TEST(LockOrder, OneOrderIsNone)
{
    EXPECT_EQ(watched_in_order(mutex_then_reader, mutex_then_reader, {1, 2}).kind, sim::verdict_kind::done);
}

TEST(LockOrder, APageThatAnotherTaskUnlocksHoldsNobodyUp)
{
    body lock_and_leave = [](shared &all) {
        lock_page(all.pg);
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
    };
    body unlock_and_wait = [](shared &all) {
        unlock_page(all.pg);
        mutex_lock(&all.exclusion);
        lock_page(all.pg);
        unlock_page(all.pg);
        mutex_unlock(&all.exclusion);
    };
    body hold_over = [](shared &all) {
        lock_page(all.pg);
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
        unlock_page(all.pg);
        lock_page(all.pg);
    };
    EXPECT_EQ(watched_in_order(lock_and_leave, unlock_and_wait, {1, 2}).kind, sim::verdict_kind::done);
    EXPECT_EQ(watched_in_order(hold_over, unlock_and_wait, {1, 2}).invariant, "lock_order");
}

TEST(LockOrder, AReaderThatReadsAgainIsReportedThoughNoWriterComes)
{
    body read_twice = [](shared &all) {
        down_read(&all.rwsem);
        down_read(&all.rwsem);
    };
    sim::verdict v = watched_in_order(read_twice, idle, {1, 2});
    EXPECT_EQ(v.invariant, "read_lock_recursion");
    body read_once_each = [](shared &all) {
        down_read(&all.rwsem);
        up_read(&all.rwsem);
        down_read(&all.rwsem);
        up_read(&all.rwsem);
    };
    EXPECT_EQ(watched_in_order(read_once_each, read_once_each, {1, 2}).kind, sim::verdict_kind::done);
}

// All pages are there, so that no copy takes mmap_sem.
mm_struct *take_memory()
{
    current->mm = make_mm();
    map_user_pages(current->mm, 1);
    mmap_sem = &current->mm->mmap_sem;
    return current->mm;
}

constexpr unsigned line_of_copies = __LINE__ + 5;
void copy_both_ways(shared &all)
{
    mm_struct *mm = take_memory();
    char byte = 0;
    mutex_lock(&all.exclusion);
    copy_to_user(user_base(), &byte, 1);
    copy_from_user(&byte, user_base(), 1);
    mutex_unlock(&all.exclusion);
    down_write(&mm->mmap_sem);
    mutex_lock(&all.exclusion);
}

TEST(LockOrder, ACopyThatFindsItsPagesMightHaveTakenMmapSem)
{
    EXPECT_EQ(watched_in_order(copy_both_ways, idle, {1, 2}).message,
              fmt::format("one takes mutex in copy_both_ways (lock_order_test.cpp:{}) while it holds mmap_sem, taken in "
                          "copy_both_ways (lock_order_test.cpp:{}), and one may take mmap_sem in copy_both_ways "
                          "(lock_order_test.cpp:{}) while it holds mutex, taken in copy_both_ways "
                          "(lock_order_test.cpp:{}): locks are taken in a circle",
                          line_of_copies + 5, line_of_copies + 4, line_of_copies + 1, line_of_copies));
    body copy_afterwards = [](shared &all) {
        mm_struct *mm = take_memory();
        char byte = 0;
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
        copy_from_user(&byte, user_base(), 1);
        down_write(&mm->mmap_sem);
        mutex_lock(&all.exclusion);
    };
    EXPECT_EQ(watched_in_order(copy_afterwards, idle, {1, 2}).kind, sim::verdict_kind::done);
}

TEST(LockOrder, ACopyMightReadMmapSemWhichItsTaskReadsAlready)
{
    body copy_inside = [](shared &) {
        char byte = 0;
        down_read(&take_memory()->mmap_sem);
        copy_from_user(&byte, user_base(), 1);
    };
    sim::verdict v = watched_in_order(copy_inside, idle, {1, 2});
    EXPECT_EQ(v.invariant, "read_lock_recursion");
    EXPECT_NE(v.message.find(" may read mmap_sem which it reads already: a writer that comes between waits for the first "
                             "and holds up the second"), std::string::npos) << v.message;
}

TEST(LockOrder, TheBigKernelLockIsInNoOrder)
{
    body kernel_then_mutex = [](shared &all) {
        lock_kernel();
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
        unlock_kernel();
    };
    body mutex_then_kernel = [](shared &all) {
        mutex_lock(&all.exclusion);
        lock_kernel();
        unlock_kernel();
        mutex_unlock(&all.exclusion);
    };
    kernel_world<shared> w = world_with(kernel_then_mutex, mutex_then_kernel);
    sim::the_run.watching = sim::watch_locks;
    sim::install_object_namer(
        [](const void *address) { return std::string(is_big_kernel_lock(address) ? "the big kernel lock" : "mutex"); });
    EXPECT_EQ(w.outcomes(), (outcome_set{"done"}));
    stop_watching();
}

TEST(LockOrder, ALockThatWasReleasedIsNotHeld)
{
    body spin_then_mutex = [](shared &all) {
        spin_lock(&all.lock);
        spin_unlock(&all.lock);
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
    };
    body spin_in_mutex = [](shared &all) {
        mutex_lock(&all.exclusion);
        spin_lock(&all.lock);
        spin_unlock(&all.lock);
        mutex_unlock(&all.exclusion);
    };
    body rwsem_then_mutex = [](shared &all) {
        down_read(&all.rwsem);
        up_read(&all.rwsem);
        down_write(&all.rwsem);
        up_write(&all.rwsem);
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
    };
    body page_then_mutex = [](shared &all) {
        lock_page(all.pg);
        unlock_page(all.pg);
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
        lock_page(all.pg);
        unlock_page(all.pg);
    };
    body page_in_mutex = [](shared &all) {
        mutex_lock(&all.exclusion);
        lock_page(all.pg);
        unlock_page(all.pg);
        mutex_unlock(&all.exclusion);
    };
    EXPECT_EQ(watched_in_order(spin_then_mutex, spin_in_mutex, {1, 2}).kind, sim::verdict_kind::done);
    EXPECT_EQ(watched_in_order(rwsem_then_mutex, mutex_then_reader, {1, 2}).kind, sim::verdict_kind::done);
    EXPECT_EQ(watched_in_order(page_then_mutex, page_in_mutex, {1, 2}).kind, sim::verdict_kind::done);
}

TEST(LockOrder, APageThatAnotherTaskUnlocksIsNotHeld)
{
    body lock_and_wait = [](shared &all) {
        lock_page(all.pg);
        down(&all.sem);
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
        lock_page(all.pg);
        unlock_page(all.pg);
    };
    body unlock_and_say = [](shared &all) {
        unlock_page(all.pg);
        mutex_lock(&all.exclusion);
        lock_page(all.pg);
        unlock_page(all.pg);
        mutex_unlock(&all.exclusion);
        up(&all.sem);
    };
    EXPECT_EQ(watched_in_order(lock_and_wait, unlock_and_say, {1, 2}).kind, sim::verdict_kind::done);
}

TEST(LockOrder, SpinlocksHaveAnOrderToo)
{
    body inner_last = [](shared &all) {
        spin_lock(&all.lock);
        spin_lock(&all.inner);
        spin_unlock(&all.inner);
        spin_unlock(&all.lock);
    };
    body inner_first = [](shared &all) {
        spin_lock(&all.inner);
        spin_lock(&all.lock);
        spin_unlock(&all.lock);
        spin_unlock(&all.inner);
    };
    EXPECT_EQ(watched_in_order(inner_last, inner_first, {1, 2}).invariant, "lock_order");
}

// The way from mutex to rwsem leads past the spinlock, from which no way goes on.
TEST(LockOrder, ACircleOfThreeIsFound)
{
    body both_under_mutex = [](shared &all) {
        mutex_lock(&all.exclusion);
        spin_lock(&all.lock);
        spin_unlock(&all.lock);
        down_read(&all.rwsem);
        up_read(&all.rwsem);
        mutex_unlock(&all.exclusion);
    };
    body page_under_rwsem_and_mutex_under_page = [](shared &all) {
        down_read(&all.rwsem);
        spin_lock(&all.inner);
        spin_unlock(&all.inner);
        lock_page(all.pg);
        unlock_page(all.pg);
        up_read(&all.rwsem);
        lock_page(all.pg);
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
        unlock_page(all.pg);
    };
    sim::verdict v = watched_in_order(both_under_mutex, page_under_rwsem_and_mutex_under_page, {1, 2});
    EXPECT_EQ(v.invariant, "lock_order");
    EXPECT_EQ(v.caller, "mutex, page lock, rwsem");
}

TEST(LockOrder, ARunKnowsNothingOfTheOneBefore)
{
    body lock_and_leave = [](shared &all) {
        lock_page(all.pg);
        mutex_lock(&all.exclusion);
        mutex_unlock(&all.exclusion);
    };
    body lock_and_unlock = [](shared &all) {
        lock_page(all.pg);
        unlock_page(all.pg);
    };
    body page_in_mutex = [](shared &all) {
        mutex_lock(&all.exclusion);
        lock_page(all.pg);
        unlock_page(all.pg);
        mutex_unlock(&all.exclusion);
    };
    watched_in_order(mutex_then_reader, idle, {1, 2});
    EXPECT_EQ(sim::lock_edges().size(), 1U);
    watched_in_order(lock_and_leave, idle, {1, 2});
    EXPECT_EQ(sim::lock_edges().size(), 0U);
    EXPECT_EQ(watched_in_order(lock_and_unlock, page_in_mutex, {1, 2}).kind, sim::verdict_kind::done);
}

TEST(LockOrder, AnAddressMayBecomeALockOfAnotherClass)
{
    body reuse = [](shared &all) {
        auto *first = static_cast<spinlock_t *>(all.memory);
        spin_lock_init(first);
        spin_lock(&all.lock);
        spin_lock(first);
        spin_unlock(first);
        spin_unlock(&all.lock);
        kmem_cache_free(all.cache, all.memory);
        all.done = true;
        auto *again = static_cast<spinlock_t *>(kmem_cache_alloc(all.cache, GFP_KERNEL));
        spin_lock_init(again);
        spin_lock(again);
        spin_lock(&all.lock);
        spin_unlock(&all.lock);
        spin_unlock(again);
    };
    kernel_world<shared> w = world_with(reuse, [](shared &) {});
    sim::the_run.watching = sim::watch_locks;
    sim::install_lock_namer([](const void *address) {
        const shared &all = shared_of_test();
        return std::string(address == &all.lock ? "lock" : all.done ? "second" : "first");
    });
    EXPECT_EQ(w.outcomes(), (outcome_set{"done"}));
    sim::install_lock_namer(nullptr);
    stop_watching();
}

} // namespace
} // namespace kernel
