#include "sim/kernel/namei.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_mount.hpp"

namespace kernel {
namespace {

struct tree {
    unsigned number;
    long first, second, third;
};

template <typename Setup> kernel_world<tree> with_mount(Setup setup)
{
    return kernel_world<tree>([setup](tree &all) {
        boot_fs();
        all.number = mount_one();
        calls = letters{};
        setup(all);
    });
}

template <typename Body> kernel_world<tree> one_task(Body body)
{
    return with_mount([body](tree &all) {
        spawn(
            "a", [&all, body] { body(all); }, nullptr, make_files());
    });
}

TEST(Path, ALookupIsCached)
{
    auto w = one_task([](tree &all) {
        all.first = sys_stat(all.number, "b");
        all.second = sys_stat(all.number, "b");
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(w->second, 0);
    EXPECT_EQ(calls_made(), "la");
}

TEST(Path, AMissingNameOrMountIsEnoent)
{
    auto w = one_task([](tree &all) {
        all.first = sys_stat(all.number, "-missing");
        all.second = sys_stat(all.number + 1, "b");
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, -ENOENT);
    EXPECT_EQ(w->second, -ENOENT);
}

TEST(Path, ALookupThatWaitedForTheFolderUsesWhatTheOtherFound)
{
    auto w = with_mount([](tree &all) {
        for (int i = 0; i < 2; ++i)
            spawn("looker", [&all] { all.first += sys_stat(all.number, "b"); });
    });
    EXPECT_EQ(w.outcomes([](const tree &) { return calls_made(); }), outcome_set{"la"});
}

TEST(Path, AnOpenFileHoldsMountAndDentryUntilItIsClosed)
{
    auto w = one_task([](tree &all) {
        all.first = sys_open(all.number, "b");
        all.second = in_syscall("umount", [&] { return umount(all.number, {}); });
        sys_close(static_cast<int>(all.first));
        all.third = in_syscall("umount", [&] { return umount(all.number, {}); });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->second, -EBUSY);
    EXPECT_EQ(w->third, 0);
    EXPECT_EQ(calls_made(), "laofrcdcdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Path, TheRootIsOpenedWithoutALookup)
{
    auto w = one_task([](tree &all) {
        all.first = sys_open(all.number, "/");
        all.second = in_syscall("umount", [&] { return umount(all.number, {}); });
        sys_close(static_cast<int>(all.first));
        all.third = in_syscall("umount", [&] { return umount(all.number, {}); });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->second, -EBUSY);
    EXPECT_EQ(w->third, 0);
    EXPECT_EQ(calls_made(), "ofrcdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Path, AnUnlinkedInodeGoesWithItsLastUser)
{
    auto w = one_task([](tree &all) {
        all.first = sys_open(all.number, "b");
        all.second = sys_unlink(all.number, "b");
        calls->write('|');
        sys_close(static_cast<int>(all.first));
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->second, 0);
    EXPECT_EQ(calls_made(), "laox|frcd");
}

TEST(Path, MemoryPressureFreesWhatNobodyHolds)
{
    auto w = one_task([](tree &all) {
        sys_stat(all.number, "b");
        all.first = shrink_name(all.number, "b");
        all.second = shrink_name(all.number, "b");
        int fd = static_cast<int>(sys_open(all.number, "e"));
        all.third = shrink_name(all.number, "e");
        sys_close(fd);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 1);
    EXPECT_EQ(w->second, 0);
    EXPECT_EQ(w->third, 0);
    EXPECT_EQ(calls_made(), "lacdlaofr");
}

TEST(Path, MemoryPressureTwiceAtOnceFreesOnce)
{
    auto w = with_mount([](tree &all) {
        sys_stat(all.number, "b");
        calls = letters{};
        for (int i = 0; i < 2; ++i)
            spawn("shrinker", [&all] { all.first += shrink_name(all.number, "b"); });
    });
    EXPECT_EQ(w.outcomes([](const tree &all) { return fmt::format("{} {}", all.first, calls_made()); }),
              outcome_set{"1 cd"});
}

TEST(Path, ALookupBesideMemoryPressureGetsALiveInode)
{
    auto w = with_mount([](tree &all) {
        sys_stat(all.number, "b");
        calls = letters{};
        spawn("shrinker", [&all] { shrink_name(all.number, "b"); });
        spawn("looker", [&all] { all.first = sys_stat(all.number, "b"); });
    });
    EXPECT_EQ(w.outcomes([](const tree &all) { return fmt::format("{} {}", all.first, calls_made()); }),
              (outcome_set{"0 ", "0 l", "0 cd", "0 lcd", "0 cdla", "0 clda", "0 lcda"}));
}

} // namespace
} // namespace kernel
