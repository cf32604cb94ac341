#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_races.hpp"
#include "sim/lock_order.hpp"

namespace kernel {
namespace {

std::string name_of_lock(const void *address)
{
    const shared &all = shared_of_test();
    return address == &all.lock ? "lock" : address == &all.exclusion ? "mutex" : address == &all.rwsem ? "rwsem" : "";
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
    body idle = [](shared &) {};
    body read_twice = [](shared &all) {
        down_read(&all.rwsem);
        down_read(&all.rwsem);
    };
    sim::verdict v = watched_in_order(read_twice, idle, {1, 2});
    EXPECT_EQ(v.invariant, "read_lock_recursion");
    EXPECT_EQ(v.message.substr(v.message.find(" reads ")),
              " reads rwsem which it reads already: a writer that comes between waits for the first and holds up the second");
    body read_once_each = [](shared &all) {
        down_read(&all.rwsem);
        up_read(&all.rwsem);
        down_read(&all.rwsem);
        up_read(&all.rwsem);
    };
    EXPECT_EQ(watched_in_order(read_once_each, read_once_each, {1, 2}).kind, sim::verdict_kind::done);
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

} // namespace
} // namespace kernel
