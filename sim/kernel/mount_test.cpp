#include <gtest/gtest.h>

#include "sim/kernel/testing_mount.hpp"

namespace kernel {
namespace {

struct tree {
    unsigned number;
    vfsmount *mount;
    inode *node;
    file *filp;
    int err, other_err;
};

std::string calls_of(const tree &)
{
    return calls_made();
}

template <typename Setup> kernel_world<tree> with_mount(Setup setup)
{
    return kernel_world<tree>([setup](tree &all) {
        boot_fs();
        all.mount = make_vfsmount(make_super());
        all.number = attach_mnt(all.mount);
        calls = letters{};
        setup(all);
    });
}

template <typename Body> kernel_world<tree> one_task(Body body)
{
    return with_mount([body](tree &all) { spawn("a", [&all, body] { body(all); }); });
}

void open_file(tree &all)
{
    mntget(all.mount);
    all.filp = alloc_file(&noting_file, dget(all.mount->mnt_root), all.mount);
}

TEST(Mount, TheLastMntputShutsTheSuperBlockDown)
{
    auto w = one_task([](tree &all) {
        mntget(all.mount);
        all.err = umount(all.number, {.lazy = true});
        calls->write('|');
        mntput(all.mount);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(calls_made(), "|cdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Mount, UmountIsBusyWhileTheMountIsInUse)
{
    auto w = one_task([](tree &all) {
        open_file(all);
        all.err = umount(all.number, {});
        fput(all.filp);
        all.other_err = umount(all.number, {});
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->err, -EBUSY);
    EXPECT_EQ(w->other_err, 0);
    EXPECT_EQ(calls_made(), "rcdp");
}

TEST(Mount, LazyUmountDetachesAtOnceAndShutsDownLater)
{
    auto w = one_task([](tree &all) {
        open_file(all);
        all.err = umount(all.number, {.lazy = true});
        all.other_err = lookup_mnt(all.number) == nullptr;
        calls->write('|');
        fput(all.filp);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->err, 0);
    EXPECT_EQ(w->other_err, 1);
    EXPECT_EQ(calls_made(), "|rcdp");
}

TEST(Mount, ForcedUmountBeginsWithTheFileSystemsPart)
{
    auto w = one_task([](tree &all) {
        open_file(all);
        all.err = umount(all.number, {.force = true});
        fput(all.filp);
    });
    w.run();
    EXPECT_EQ(w->err, -EBUSY);
    EXPECT_EQ(calls_made(), "ur");
}

TEST(Mount, UmountOfNothingIsInvalid)
{
    auto w = one_task([](tree &all) {
        umount(all.number, {});
        all.err = umount(all.number, {});
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->err, -EINVAL);
}

TEST(Mount, OfTwoUmountsOneSucceedsUnderEverySchedule)
{
    auto w = with_mount([](tree &all) {
        spawn("a", [&all] { all.err = umount(all.number, {.lazy = true}); });
        spawn("b", [&all] { all.other_err = umount(all.number, {.lazy = true}); });
    });
    EXPECT_EQ(w.outcomes([](const tree &all) {
        return calls_made() + ((all.err == 0) != (all.other_err == 0) ? " one" : " not one");
    }),
              outcome_set{"cdp one"});
}

TEST(Mount, AnInodeStillInUseAtUmountIsReported)
{
    auto w = one_task([](tree &all) {
        get_inode(all.mount->mnt_sb, 7);
        umount(all.number, {});
    });
    EXPECT_EQ(text_of(w.run()), "violation: busy_inodes");
}

TEST(Mount, ADentryStillInUseAtUmountIsReported)
{
    auto w = one_task([](tree &all) {
        dentry *entry = d_alloc(all.mount->mnt_sb, all.mount->mnt_root, "b");
        d_add(entry, get_inode(all.mount->mnt_sb, 7));
        umount(all.number, {});
    });
    EXPECT_EQ(text_of(w.run()), "violation: busy_dentry");
}

TEST(Mount, UnusedInodesAndDentriesGoAtUmount)
{
    auto w = one_task([](tree &all) {
        dentry *entry = d_alloc(all.mount->mnt_sb, all.mount->mnt_root, "b");
        d_add(entry, get_inode(all.mount->mnt_sb, 7));
        dput(entry);
        iput(get_inode(all.mount->mnt_sb, 8));
        calls = letters{};
        umount(all.number, {});
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(calls_made(), "cdcdcdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Mount, ALastIputBesideUmountIsNoWildAccess)
{
    auto w = with_mount([](tree &all) {
        iput(get_inode(all.mount->mnt_sb, 7));
        all.node = get_inode(all.mount->mnt_sb, 8);
        spawn("unmounter", [&all] { all.err = umount(all.number, {.lazy = true}); });
        spawn("putter", [&all] { iput(all.node); });
    });
    outcome_set seen = w.outcomes();
    seen.erase("violation: busy_inodes");
    EXPECT_EQ(seen, outcome_set{"done"});
}

TEST(File, TheLastFputReleasesBeforeItDropsDentryAndMount)
{
    auto w = one_task([](tree &all) {
        open_file(all);
        get_file(all.filp);
        umount(all.number, {.lazy = true});
        fput(all.filp);
        calls->write('|');
        fput(all.filp);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(calls_made(), "|rcdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(File, IsReleasedOnceWhenTwoTasksPutTheLastReferences)
{
    auto w = with_mount([](tree &all) {
        open_file(all);
        get_file(all.filp);
        for (int i = 0; i < 2; ++i)
            spawn("putter", [&all] { fput(all.filp); });
    });
    EXPECT_EQ(w.outcomes(calls_of), outcome_set{"r"});
}

TEST(File, ThatCouldNotBeOpenedIsNotReleased)
{
    auto w = one_task([](tree &all) {
        open_file(all);
        put_filp(all.filp);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(calls_made(), "");
    EXPECT_EQ(w->mount->mnt_count.counter, 1);
}

TEST(File, TakenOrPutAfterItsLastReferenceIsReported)
{
    kernel_world<tree> w([](tree &all) {
        boot_fs();
        all.filp = alloc_file(&noting_file, nullptr, nullptr);
        all.filp->f_count.counter = 0;
        spawn("taker", [&all] { get_file(all.filp); });
        spawn("putter", [&all] { fput(all.filp); });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"violation: reference_count"});
}

TEST(File, WithoutSeekingSaysSo)
{
    EXPECT_EQ(no_llseek(nullptr, 0, 0), -ESPIPE);
}

} // namespace
} // namespace kernel
