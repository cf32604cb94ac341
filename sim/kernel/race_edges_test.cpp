#include <gtest/gtest.h>

#include "sim/kernel/signal.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/kernel/testing_races.hpp"

namespace kernel {
namespace {

// What must be ordered, where the first task runs to its end before the second, and what a release must not order.
void write_alone(shared &all)
{
    write_plain(&all.fields);
}

std::string outcome_in_order(body first, body second)
{
    sim::verdict v = run_in_order(first, second, {1, 2});
    return v.kind == sim::verdict_kind::done ? "done" : v.invariant;
}

TEST(RaceEdges, WhatIsDoneAfterAReleaseIsNotBeforeTheNextHolder)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      spin_lock(&all.lock);
                      spin_unlock(&all.lock);
                      write_alone(all);
                  },
                  [](shared &all) {
                      spin_lock(&all.lock);
                      spin_unlock(&all.lock);
                      write_alone(all);
                  }),
              "data_race");
}

TEST(RaceEdges, AnObjectInMemoryThatIsAllocatedAgainHasNoPast)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      write_alone(all);
                      atomic_inc(static_cast<atomic_t *>(all.memory));
                      kmem_cache_free(all.cache, all.memory);
                  },
                  [](shared &all) {
                      void *again = kmem_cache_alloc(all.cache, GFP_KERNEL);
                      atomic_inc(static_cast<atomic_t *>(again));
                      write_alone(all);
                  }),
              "data_race");
}

TEST(RaceEdges, TakingAReferenceOrders)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      write_alone(all);
                      kobject_get(&all.object);
                  },
                  [](shared &all) {
                      kobject_get(&all.object);
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceEdges, PuttingAPageOrders)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      get_page(all.pg);
                      write_alone(all);
                      put_page(all.pg);
                  },
                  [](shared &all) {
                      put_page(all.pg);
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceEdges, TheFlagsOfAPageOrder)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      write_alone(all);
                      SetPageUptodate(all.pg);
                  },
                  [](shared &all) {
                      if (PageUptodate(all.pg))
                          write_alone(all);
                  }),
              "done");
}

TEST(RaceEdges, ASignalOrders)
{
    body write_and_signal = [](shared &all) {
        write_alone(all);
        send_sig(SIGUSR1, task_of(2));
    };
    EXPECT_EQ(outcome_in_order(write_and_signal,
                               [](shared &all) {
                                   sigset_t none{}, old{};
                                   sigprocmask(SIG_BLOCK, &none, &old);
                                   write_alone(all);
                               }),
              "done");
    EXPECT_EQ(outcome_in_order(write_and_signal,
                               [](shared &all) {
                                   in_syscall("wait", [] { return 0L; });
                                   write_alone(all);
                               }),
              "done");
}

TEST(RaceEdges, AnObjectThatTurnsUpOrGoesOrders)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      write_alone(all);
                      kobject_add(&all.object);
                  },
                  [](shared &all) {
                      kobject_del(&all.object);
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceEdges, AWakeUpThatComesBeforeTheSleepOrders)
{
    body sleeper = [](shared &all) {
        set_current_state(TASK_INTERRUPTIBLE);
        up(&all.sem);
        schedule();
        write_alone(all);
    };
    body waker = [](shared &all) {
        down(&all.sem);
        write_alone(all);
        wake_up_state(task_of(1), TASK_INTERRUPTIBLE);
    };
    EXPECT_EQ(outcomes_of(sleeper, waker), (outcome_set{"done"}));
}

TEST(RaceEdges, TheBigKernelLockIsTakenBackInOrder)
{
    body sleep_with_it = [](shared &all) {
        lock_kernel();
        down(&all.sem);
        write_alone(all);
        unlock_kernel();
    };
    body wake_with_it = [](shared &all) {
        lock_kernel();
        up(&all.sem);
        write_alone(all);
        unlock_kernel();
    };
    EXPECT_EQ(outcomes_of(sleep_with_it, wake_with_it), (outcome_set{"done"}));
}

TEST(RaceEdges, EachOfTwoReadersRacesWithAWrite)
{
    EXPECT_EQ(outcomes_of(
                  [](shared &all) {
                      read_plain(&all.fields);
                      sim::point();
                      write_plain(&all.fields);
                  },
                  [](shared &all) { read_plain(&all.fields); }),
              (outcome_set{"violation: data_race"}));
    EXPECT_EQ(outcomes_of(
                  [](shared &all) {
                      read_text(&all.fields);
                      sim::point();
                      fill_text(&all.fields);
                  },
                  [](shared &all) { read_text(&all.fields); }),
              (outcome_set{"violation: data_race"}));
}

TEST(RaceEdges, ABytesOwnAccessDoesNotHideThoseToItsWord)
{
    EXPECT_EQ(outcomes_of(
                  [](shared &all) {
                      read_text(&all.fields);
                      sim::point();
                      last_of_text(&all.fields);
                      write_text(&all.fields, 16);
                  },
                  [](shared &all) { read_text(&all.fields); }),
              (outcome_set{"violation: data_race"}));
}

} // namespace
} // namespace kernel
