#include "sim/kernel/rwsem.hpp"

#include <gtest/gtest.h>

#include "sim/kernel/testing_tasks.hpp"
#include "sim/kernel/wait.hpp"

namespace kernel {
namespace {

struct locks {
    rw_semaphore sem;
    wait_queue_head_t queue;
    critical_section section;
    letters order;
};

std::string visits_of(const locks &all)
{
    return all.section.text();
}

void read_visit(locks &all)
{
    down_read(&all.sem);
    all.section.visit();
    up_read(&all.sem);
}

void write_visit(locks &all)
{
    down_write(&all.sem);
    all.section.visit();
    up_write(&all.sem);
}

TEST(RwSemaphore, WritersExcludeEachOtherUnderEverySchedule)
{
    kernel_world<locks> w([](locks &all) {
        for (int i = 0; i < 3; ++i)
            spawn("writer", [&all] { write_visit(all); });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"3 visits, 1 at once"});
}

TEST(RwSemaphore, AWriterExcludesAReaderUnderEverySchedule)
{
    kernel_world<locks> w([](locks &all) {
        spawn("writer", [&all] { write_visit(all); });
        spawn("reader", [&all] { read_visit(all); });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

TEST(RwSemaphore, ReadersShareIt)
{
    kernel_world<locks> w([](locks &all) {
        for (int i = 0; i < 2; ++i)
            spawn("reader", [&all] { read_visit(all); });
    });
    EXPECT_EQ(w.outcomes(visits_of), (outcome_set{"2 visits, 1 at once", "2 visits, 2 at once"}));
}

TEST(RwSemaphore, AReaderBehindAWaitingWriterWaits)
{
    kernel_world<locks> w([](locks &all) {
        spawn("early reader", [&all] {
            down_read(&all.sem);
            sim::point();
            up_read(&all.sem);
        });
        spawn("writer", [&all] {
            down_write(&all.sem);
            all.order.write('w');
            up_write(&all.sem);
        });
        spawn("late reader", [&all] {
            sim::point();
            bool writer_waits = all.sem.waiting != 0;
            down_read(&all.sem);
            all.order.write(writer_waits ? 'R' : 'r');
            up_read(&all.sem);
        });
    });
    EXPECT_EQ(w.outcomes([](const locks &all) { return all.order.text(); }), (outcome_set{"rw", "wr", "wR"}));
}

TEST(RwSemaphore, AReaderBehindAWaitingWriterWaitsAlsoWhenItsOwnTaskReads)
{
    kernel_world<locks> w([](locks &all) {
        spawn("twice a reader", [&all] {
            down_read(&all.sem);
            down_read(&all.sem);
            up_read(&all.sem);
            up_read(&all.sem);
        });
        spawn("writer", [&all] { write_visit(all); });
    });
    EXPECT_EQ(w.outcomes(), (outcome_set{"done", "hung"}));
}

TEST(RwSemaphore, ATaskMayReadTwiceWhileNobodyWrites)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &all) {
                  down_read(&all.sem);
                  down_read(&all.sem);
                  up_read(&all.sem);
                  up_read(&all.sem);
                  down_write(&all.sem);
              })),
              "done");
}

TEST(RwSemaphore, IsHandedToAllReadersInFrontOfTheNextWriter)
{
    kernel_world<locks> w([](locks &all) {
        spawn("writer", [&all] {
            down_write(&all.sem);
            sim::block("the others", nullptr);
            up_write(&all.sem);
            all.order.write(static_cast<char>('0' + all.sem.activity));
        });
        for (int i = 0; i < 2; ++i)
            spawn("reader", [&all] { read_visit(all); });
        spawn("next writer", [&all] { write_visit(all); });
        spawn("starter", [] { sim::make_runnable(1); });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->order.text(), "2");
    EXPECT_EQ(w->section.visits, 3);
}

TEST(RwSemaphore, TakenTwiceByAWriterIsASelfDeadlock)
{
    using take = void (*)(rw_semaphore *, place);
    auto take_two = [](take first, take second) {
        return text_of(alone<locks>([=](locks &all) {
            first(&all.sem, place::here());
            second(&all.sem, place::here());
        }));
    };
    EXPECT_EQ(take_two(down_write, down_write), "violation: self_deadlock");
    EXPECT_EQ(take_two(down_write, down_read), "violation: self_deadlock");
    EXPECT_EQ(take_two(down_read, down_write), "violation: self_deadlock");
}

TEST(RwSemaphore, ReleasedByATaskThatDoesNotHoldItIsReported)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &all) { up_read(&all.sem); })), "violation: unbalanced_unlock");
    EXPECT_EQ(text_of(alone<locks>([](locks &all) { up_write(&all.sem); })), "violation: unbalanced_unlock");
    EXPECT_EQ(text_of(alone<locks>([](locks &all) {
                  down_read(&all.sem);
                  up_write(&all.sem);
              })),
              "violation: unbalanced_unlock");
}

TEST(RwSemaphore, AStrayWakeUpDoesNotLetAWaiterIn)
{
    kernel_world<locks> w([](locks &all) {
        init_waitqueue_head(&all.queue);
        spawn("waiter", [&all] {
            wait_queue_t wait = DECLARE_WAITQUEUE(current);
            add_wait_queue(&all.queue, &wait);
            write_visit(all);
            remove_wait_queue(&all.queue, &wait);
        });
        spawn("waker", [&all] {
            down_write(&all.sem);
            wake_up(&all.queue);
            all.section.visit();
            up_write(&all.sem);
        });
    });
    EXPECT_EQ(w.outcomes(visits_of), outcome_set{"2 visits, 1 at once"});
}

TEST(RwSemaphore, AssertionsOfItsHoldersAreChecked)
{
    EXPECT_EQ(text_of(alone<locks>([](locks &all) {
                  down_read(&all.sem);
                  lockdep_assert_held(&all.sem);
                  up_read(&all.sem);
                  down_write(&all.sem);
                  lockdep_assert_held(&all.sem);
                  up_write(&all.sem);
              })),
              "done");
    EXPECT_EQ(text_of(alone<locks>([](locks &all) { lockdep_assert_held(&all.sem); })), "violation: lock_not_held");
}

} // namespace
} // namespace kernel
