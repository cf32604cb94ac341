#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_races.hpp"

namespace kernel {
namespace {

// Each object that tasks synchronise on: what one did before is before what the other does after.
struct handover {
    const char *name;
    body first, second;
};

void write_alone(shared &all)
{
    write_plain(&all.fields);
}

void expect_ordered(const handover &by)
{
    EXPECT_EQ(outcomes_of(by.first, by.second), (outcome_set{"done"})) << by.name;
}

TEST(RaceOrder, LocksOrder)
{
    expect_ordered({"mutex",
                    [](shared &all) {
                        mutex_lock(&all.exclusion);
                        write_alone(all);
                        mutex_unlock(&all.exclusion);
                    },
                    [](shared &all) {
                        mutex_lock(&all.exclusion);
                        write_alone(all);
                        mutex_unlock(&all.exclusion);
                    }});
    expect_ordered({"reader and writer",
                    [](shared &all) {
                        down_read(&all.rwsem);
                        read_plain(&all.fields);
                        up_read(&all.rwsem);
                    },
                    [](shared &all) {
                        down_write(&all.rwsem);
                        write_alone(all);
                        up_write(&all.rwsem);
                    }});
    expect_ordered({"page lock",
                    [](shared &all) {
                        lock_page(all.pg);
                        write_alone(all);
                        unlock_page(all.pg);
                    },
                    [](shared &all) {
                        lock_page(all.pg);
                        write_alone(all);
                        unlock_page(all.pg);
                    }});
}

TEST(RaceOrder, TheBigKernelLockOrdersAcrossASleepOfItsHolder)
{
    expect_ordered({"big kernel lock",
                    [](shared &all) {
                        lock_kernel();
                        write_alone(all);
                        down(&all.sem);
                        write_alone(all);
                        unlock_kernel();
                    },
                    [](shared &all) {
                        lock_kernel();
                        write_alone(all);
                        unlock_kernel();
                        up(&all.sem);
                    }});
}

TEST(RaceOrder, TwoReadersOfASemaphoreAreNotOrdered)
{
    body write_as_reader = [](shared &all) {
        down_read(&all.rwsem);
        write_alone(all);
        up_read(&all.rwsem);
    };
    EXPECT_EQ(outcomes_of(write_as_reader, write_as_reader), (outcome_set{"violation: data_race"}));
}

TEST(RaceOrder, ASemaphoreOrders)
{
    expect_ordered({"semaphore",
                    [](shared &all) {
                        write_alone(all);
                        up(&all.sem);
                    },
                    [](shared &all) {
                        down(&all.sem);
                        write_alone(all);
                    }});
}

TEST(RaceOrder, AWakeUpThatWokeSomebodyOrders)
{
    body sleep_and_write = [](shared &all) {
        wait_event(all.queue, [&all] { return all.done; });
        write_alone(all);
    };
    body write_and_wake = [](shared &all) {
        write_alone(all);
        all.done = true;
        wake_up(&all.queue);
    };
    EXPECT_EQ(run_in_order(sleep_and_write, write_and_wake, {1, 2}).kind, sim::verdict_kind::done);
    EXPECT_EQ(run_in_order(sleep_and_write, write_and_wake, {2, 1}).invariant, "data_race") << "nobody slept";
}

TEST(RaceOrder, AWakeUpThatWokeNobodyDoesNot)
{
    EXPECT_EQ(outcomes_of([](shared &all) { write_alone(all); },
                          [](shared &all) {
                              wake_up(&all.queue);
                              write_alone(all);
                              wake_up(&all.queue);
                          }),
              (outcome_set{"violation: data_race"}));
}

TEST(RaceOrder, ReferenceCountsOrderTheLastPutAfterTheOthers)
{
    body use_and_put = [](shared &all) {
        if (atomic_dec_and_test(&all.count))
            write_alone(all);
    };
    expect_ordered({"atomic",
                    [](shared &all) {
                        write_alone(all);
                        atomic_dec(&all.count);
                    },
                    use_and_put});
    expect_ordered({"kobject",
                    [](shared &all) {
                        read_plain(&all.fields);
                        kobject_put(&all.object);
                    },
                    [](shared &all) {
                        kobject_put(&all.object);
                        if (all.object.count.counter == 0)
                            write_alone(all);
                    }});
    expect_ordered({"page",
                    [](shared &all) {
                        write_alone(all);
                        get_page(all.pg);
                    },
                    [](shared &all) {
                        if (all.pg->count.counter > 1) {
                            get_page(all.pg);
                            write_alone(all);
                        }
                    }});
}

TEST(RaceOrder, AnAtomicReadLearnsAndTeachesNothing)
{
    body read_then_write = [](shared &all) {
        atomic_read(&all.count);
        write_alone(all);
        atomic_read(&all.count);
    };
    EXPECT_EQ(outcomes_of(read_then_write, read_then_write), (outcome_set{"violation: data_race"}));
}

TEST(RaceOrder, ATaskComesAfterWhatItsParentDidBefore)
{
    body idle = [](shared &) {};
    body start_after = [](shared &all) {
        write_alone(all);
        spawn("child", [&all] { write_alone(all); });
    };
    body start_before = [](shared &all) {
        spawn("child", [&all] { write_alone(all); });
        write_alone(all);
    };
    EXPECT_EQ(outcomes_of(start_after, idle), (outcome_set{"done"}));
    EXPECT_EQ(outcomes_of(start_before, idle), (outcome_set{"violation: data_race"}));
}

constexpr unsigned line_of_free = __LINE__ + 3;
void free_memory(shared &all)
{
    kmem_cache_free(all.cache, all.memory);
}

TEST(RaceOrder, AFreeRacesWithAnAccessAndMemoryThatIsAllocatedAgainHasNoPast)
{
    body use = [](shared &all) { write_plain(static_cast<shared_fields *>(all.memory)); };
    body free = free_memory;
    body use_and_free = [](shared &all) {
        write_plain(static_cast<shared_fields *>(all.memory));
        kmem_cache_free(all.cache, all.memory);
    };
    body allocate = [](shared &all) {
        auto *fresh = static_cast<shared_fields *>(kmem_cache_alloc(all.cache, GFP_KERNEL));
        write_plain(fresh);
        kmem_cache_free(all.cache, fresh);
    };
    EXPECT_EQ(run_in_order(use, free, {1, 2}).message,
              fmt::format("one writes object in write_plain (racy.cpp:8) with no lock held, and two frees it in "
                          "free_memory (race_order_test.cpp:{}) with no lock held: nothing orders the two",
                          line_of_free));
    EXPECT_EQ(outcomes_of(use, free), (outcome_set{"violation: data_race"}));
    EXPECT_EQ(outcomes_of(use_and_free, allocate), (outcome_set{"done"}));
}

TEST(RaceOrder, TheStackOfAnotherTaskIsShared)
{
    body lend = [](shared &all) { lend_local(&all.lent, [] { sim::point(); }); };
    body borrow = [](shared &all) {
        if (all.lent != nullptr)
            write_number(all.lent);
    };
    body lend_and_wait = [](shared &all) {
        lend_local(&all.lent, [] {
            atomic_inc(&shared_of_test().count);
            down(&shared_of_test().sem);
        });
    };
    body borrow_and_say = [](shared &all) {
        if (atomic_read(&all.count) == 3)
            write_number(all.lent);
        up(&all.sem);
    };
    EXPECT_EQ(outcomes_of(lend, borrow), (outcome_set{"done", "violation: data_race"}));
    EXPECT_EQ(outcomes_of(lend_and_wait, borrow_and_say), (outcome_set{"done"}));
}

} // namespace
} // namespace kernel
