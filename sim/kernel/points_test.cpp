#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/atomic.hpp"
#include "sim/kernel/lockless.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/testing_tasks.hpp"
#include "sim/kernel/wait.hpp"

namespace kernel {
namespace {

struct state {
    spinlock_t lock, inner;
    atomic_t count, other;
    semaphore sem;
    wait_queue_head_t queue;
    lockless<int> flag;
    lockless<int, writers::locked> guarded;
    int plain, seen;
    letters order;
};

// Points before the operations of one task that runs alone; a run's last step ends it.
struct point_counts {
    unsigned coarse, fine;
    bool operator==(const point_counts &) const = default;
};

void PrintTo(const point_counts &counts, std::ostream *to)
{
    *to << fmt::format("{} coarse, {} fine", counts.coarse, counts.fine);
}

point_counts points_of(void (*body)(state &))
{
    kernel_world<state> w([body](state &all) {
        init_waitqueue_head(&all.queue);
        sema_init(&all.sem, 9);
        spawn("a", [&all, body] { body(all); });
    });
    w.run();
    point_counts counts = {sim::the_run.steps - 1, 0};
    w.points = sim::point_set::fine;
    w.run();
    counts.fine = sim::the_run.steps - 1;
    return counts;
}

TEST(Points, AnAtomicBlockHoldsOneNonMoverWithoutAPoint)
{
    EXPECT_EQ(points_of([](state &all) {
                  spin_lock(&all.lock);
                  spin_unlock(&all.lock);
              }),
              (point_counts{1, 2}));
    EXPECT_EQ(points_of([](state &all) {
                  spin_lock(&all.lock);
                  atomic_inc(&all.count);
                  spin_unlock(&all.lock);
              }),
              (point_counts{1, 3}));
    EXPECT_EQ(points_of([](state &all) {
                  spin_lock(&all.lock);
                  atomic_inc(&all.count);
                  atomic_inc(&all.other);
                  spin_unlock(&all.lock);
              }),
              (point_counts{2, 4}));
}

TEST(Points, TheAllowanceOfAnAtomicBlockEndsWithIt)
{
    EXPECT_EQ(points_of([](state &all) {
                  spin_lock(&all.lock);
                  spin_unlock(&all.lock);
                  atomic_inc(&all.count);
              }),
              (point_counts{2, 3}));
}

TEST(Points, EachOperationWithoutALockHasAPoint)
{
    EXPECT_EQ(points_of([](state &all) {
                  atomic_inc(&all.count);
                  atomic_dec(&all.count);
                  atomic_read(&all.count);
                  atomic_dec_and_test(&all.count);
              }),
              (point_counts{4, 4}));
    EXPECT_EQ(points_of([](state &all) {
                  down(&all.sem);
                  up(&all.sem);
                  down_trylock(&all.sem);
              }),
              (point_counts{3, 3}));
    EXPECT_EQ(points_of([](state &all) {
                  all.flag = 1;
                  all.seen = all.flag;
                  wake_up(&all.queue);
                  set_current_state(TASK_RUNNING);
                  signal_pending(current);
              }),
              (point_counts{5, 5}));
}

TEST(Points, AnInitialiserHasNone)
{
    EXPECT_EQ(points_of([](state &all) { atomic_set(&all.count, 1); }), (point_counts{0, 1}));
}

TEST(Points, ALocklessLoadUnderItsWritersLockHasNone)
{
    EXPECT_EQ(points_of([](state &all) {
                  spin_lock(&all.lock);
                  all.seen = all.guarded + all.guarded;
                  spin_unlock(&all.lock);
              }),
              (point_counts{1, 4}));
    EXPECT_EQ(points_of([](state &all) {
                  spin_lock(&all.lock);
                  all.seen = all.guarded;
                  atomic_inc(&all.count);
                  spin_unlock(&all.lock);
              }),
              (point_counts{1, 4}));
    EXPECT_EQ(points_of([](state &all) { all.seen = all.guarded; }), (point_counts{1, 1}));
}

TEST(Points, ALocklessLoadThatAnybodyMayWriteHasOneAlsoUnderALock)
{
    EXPECT_EQ(points_of([](state &all) {
                  spin_lock(&all.lock);
                  all.seen = all.flag;
                  all.seen = all.flag;
                  spin_unlock(&all.lock);
              }),
              (point_counts{2, 4}));
}

TEST(Points, ALocklessStoreIsANonMover)
{
    EXPECT_EQ(points_of([](state &all) {
                  spin_lock(&all.lock);
                  all.guarded = 1;
                  all.guarded = 2;
                  spin_unlock(&all.lock);
              }),
              (point_counts{2, 4}));
}

outcome_set outcomes_with(sim::point_set points, void (*setup)(state &))
{
    kernel_world<state> w([setup](state &all) {
        init_waitqueue_head(&all.queue);
        sema_init(&all.sem, 1);
        setup(all);
    });
    w.points = points;
    return w.outcomes(
        [](const state &all) { return fmt::format("{} {} {}", all.order.text(), all.plain, all.count.counter); });
}

void expect_same_outcomes(std::size_t least, void (*setup)(state &))
{
    outcome_set coarse = outcomes_with(sim::point_set::coarse, setup);
    EXPECT_EQ(coarse, outcomes_with(sim::point_set::fine, setup));
    EXPECT_GE(coarse.size(), least);
}

TEST(Points, CoarseAndFineReachTheSameOutcomesOfLockedUpdates)
{
    expect_same_outcomes(6, [](state &all) {
        for (char letter : {'a', 'b', 'c'})
            spawn("updater", [&all, letter] {
                spin_lock(&all.lock);
                all.plain = all.plain * 3 + letter;
                all.order.write(letter);
                spin_unlock(&all.lock);
            });
    });
}

TEST(Points, CoarseAndFineReachTheSameOutcomesOfAtomicsUnderALock)
{
    expect_same_outcomes(3, [](state &all) {
        spawn("locked", [&all] {
            spin_lock(&all.lock);
            atomic_inc(&all.count);
            all.plain = 10 * atomic_read(&all.count);
            spin_unlock(&all.lock);
        });
        spawn("free", [&all] { all.seen = atomic_dec_and_test(&all.count); });
        spawn("reader", [&all] {
            spin_lock(&all.lock);
            all.order.write(all.plain == 0 ? 'r' : 'R');
            spin_unlock(&all.lock);
        });
    });
}

TEST(Points, CoarseAndFineReachTheSameOutcomesOfAHandshake)
{
    expect_same_outcomes(2, [](state &all) {
        spawn("waiter", [&all] {
            wait_event(all.queue, [&all] { return all.flag != 0; });
            down(&all.sem);
            all.order.write('w');
            up(&all.sem);
        });
        spawn("waker", [&all] {
            wake_up(&all.queue);
            all.flag = 1;
            down(&all.sem);
            all.order.write('k');
            up(&all.sem);
        });
    });
}

TEST(Points, FineSchedulesOutnumberCoarseOnes)
{
    kernel_world<state> w([](state &all) {
        for (int i = 0; i < 2; ++i)
            spawn("updater", [&all] {
                spin_lock(&all.lock);
                atomic_inc(&all.count);
                spin_unlock(&all.lock);
                atomic_inc(&all.other);
            });
    });
    w.outcomes();
    unsigned coarse = w.runs_done;
    w.points = sim::point_set::fine;
    w.outcomes();
    EXPECT_GT(w.runs_done, coarse);
}

} // namespace
} // namespace kernel
