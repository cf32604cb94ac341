#include "sim/kernel/fasync.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/budget.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct device {
    fasync_struct *list;
    file *first, *second;
    task_struct *owner;
    spinlock_t lock;
    int results[4];
};

constexpr file_operations no_operations = {};

void make_files_of_one_owner(device &all)
{
    boot_fs();
    all.owner = spawn("owner", [] {
        set_current_state(TASK_INTERRUPTIBLE);
        schedule();
    });
    for (file **filp : {&all.first, &all.second}) {
        *filp = alloc_file(&no_operations, nullptr, nullptr);
        (*filp)->f_owner = all.owner;
    }
}

TEST(Fasync, AddsAFileOnceAndTakesItAwayOnce)
{
    kernel_world<device> w([](device &all) {
        boot_fs();
        spawn("a", [&all] {
            all.first = alloc_file(&no_operations, nullptr, nullptr);
            all.results[0] = fasync_helper(0, all.first, 1, &all.list);
            all.results[1] = fasync_helper(0, all.first, 1, &all.list);
            all.results[2] = fasync_helper(0, all.first, 0, &all.list);
            all.results[3] = fasync_helper(0, all.first, 0, &all.list);
            fput(all.first);
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(fmt::format("{}", fmt::join(w->results, " ")), "1 0 1 0");
    EXPECT_EQ(w->list, nullptr);
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Fasync, FailsWithoutMemoryAndLeavesTheListAsItWas)
{
    kernel_world<device> w([](device &all) {
        make_files_of_one_owner(all);
        spawn("a", [&all] {
            budget().failed_allocations = 1;
            all.results[0] = fasync_helper(0, all.first, 1, &all.list);
        });
    });
    sim::scripted failing({1, 1, 1, 1, 1, 1});
    w.run(failing);
    EXPECT_EQ(w->results[0], -ENOMEM);
    EXPECT_EQ(w->list, nullptr);
}

TEST(Fasync, KillSendsTheSignalToTheOwnerUnderEverySchedule)
{
    kernel_world<device> w([](device &all) {
        make_files_of_one_owner(all);
        fasync_helper(0, all.first, 1, &all.list);
        spawn("killer", [&all] {
            spin_lock(&all.lock);
            kill_fasync(&all.list, SIGIO, POLL_IN);
            spin_unlock(&all.lock);
        });
    });
    EXPECT_EQ(w.outcomes([](const device &all) { return fmt::format("{:x}", all.owner->pending.bits); }),
              outcome_set{fmt::format("{:x}", sigmask(SIGIO))});
}

TEST(Fasync, KillSendsNothingWithoutAnOwnerOrWithoutAFile)
{
    kernel_world<device> w([](device &all) {
        make_files_of_one_owner(all);
        all.first->f_owner = nullptr;
        fasync_helper(0, all.first, 1, &all.list);
        fasync_helper(0, all.second, 1, &all.list);
        fasync_helper(0, all.second, 0, &all.list);
        spawn("killer", [&all] { kill_fasync(&all.list, SIGIO, POLL_IN); });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"hung"});
}

TEST(Fasync, AFileMayBeTakenAwayBesideAKill)
{
    kernel_world<device> w([](device &all) {
        make_files_of_one_owner(all);
        fasync_helper(0, all.first, 1, &all.list);
        fasync_helper(0, all.second, 1, &all.list);
        send_sig(SIGIO, all.owner);
        spawn("killer", [&all] { kill_fasync(&all.list, SIGIO, POLL_IN); });
        spawn("closer", [&all] {
            fasync_helper(0, all.first, 0, &all.list);
            fasync_helper(0, all.second, 0, &all.list);
        });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"done"});
}

} // namespace
} // namespace kernel
