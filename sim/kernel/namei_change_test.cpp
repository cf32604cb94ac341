#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/namei.hpp"
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

std::string locks_held()
{
    return fmt::format("{}{}{}", held->folder ? "folder " : "", held->other_folder ? "other " : "",
                       held->node ? "node" : "");
}

void unmount_all_of(tree &all)
{
    all.third = in_syscall("umount", [&] { return umount(all.number, {}); });
}

TEST(Create, OpensTheFileInTheSameGoUnderTheFoldersMutex)
{
    auto w = one_task([](tree &all) {
        all.first = sys_create(all.number, "-b");
        all.second = sys_stat(all.number, "-b");
        sys_close(static_cast<int>(all.first));
        unmount_all_of(all);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(w->second, 0);
    EXPECT_EQ(w->third, 0);
    EXPECT_EQ(locks_held(), "folder ");
    EXPECT_EQ(calls_made(), "lnafrcdcdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Create, OpensAFileThatExists)
{
    auto w = one_task([](tree &all) {
        all.first = sys_create(all.number, "b");
        sys_close(static_cast<int>(all.first));
        unmount_all_of(all);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(calls_made(), "laofrcdcdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Create, OfAFileTooLargeFailsAndKeepsNothing)
{
    auto w = one_task([](tree &all) {
        inode *large = get_inode(lookup_mnt(all.number)->mnt_sb, 'b');
        large->i_size = MAX_NON_LFS + 1;
        iput(large);
        calls = letters{};
        all.first = sys_create(all.number, "-b");
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, -EFBIG);
    EXPECT_EQ(calls_made(), "ln");
}

TEST(Unlink, HoldsTheMutexesOfFolderAndInode)
{
    auto w = one_task([](tree &all) { all.first = sys_unlink(all.number, "b"); });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(locks_held(), "folder node");
    EXPECT_EQ(calls_made(), "laxcd");
}

TEST(Unlink, OfAMissingNameIsEnoent)
{
    auto w = one_task([](tree &all) { all.first = sys_unlink(all.number, "-b"); });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, -ENOENT);
    EXPECT_EQ(calls_made(), "l");
}

TEST(Link, GivesAnInodeASecondNameUnderBothMutexes)
{
    auto w = one_task([](tree &all) {
        all.first = sys_link(all.number, "b", "D/-c");
        calls->write('|');
        all.second = sys_stat(all.number, "D/-c");
        unmount_all_of(all);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(w->second, 0);
    EXPECT_EQ(w->third, 0);
    EXPECT_EQ(locks_held(), "folder node");
    EXPECT_EQ(calls_made(), "lalalk|cdcdcdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Link, ToANameThatExistsIsEexist)
{
    auto w = one_task([](tree &all) { all.first = sys_link(all.number, "b", "c"); });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, -EEXIST);
}

TEST(Rename, MovesAnEntryUnderTheMutexesOfBothFoldersAndOfTheTarget)
{
    auto w = one_task([](tree &all) {
        all.first = sys_rename(all.number, "b", "D/c");
        calls->write('|');
        all.second = sys_stat(all.number, "D/c");
        sys_stat(all.number, "b");
        unmount_all_of(all);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(w->second, 0);
    EXPECT_EQ(w->third, 0);
    EXPECT_EQ(locks_held(), "folder other node");
    EXPECT_EQ(calls_made(), "lalalam|lcdcdcdcdp"); // b is looked up anew
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Rename, InBothDirectionsAtOnceDoesNotDeadlock)
{
    auto w = with_mount([](tree &all) {
        sys_stat(all.number, "D/c");
        sys_stat(all.number, "b");
        spawn("down", [&all] { all.first = sys_rename(all.number, "b", "D/e"); });
        spawn("up", [&all] { all.second = sys_rename(all.number, "D/c", "f"); });
    });
    sim::by_chance chooser(1);
    for (unsigned i = 0; i < 2000; ++i)
        ASSERT_EQ(text_of(w.run(chooser, i)), "done");
}

TEST(Setxattr, CopiesTheValueAndHoldsTheInodesMutex)
{
    auto w = one_task([](tree &all) {
        all.first = sys_setxattr(all.number, "b", "name", "vvv", 3);
        unmount_all_of(all);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(locks_held(), "node");
    EXPECT_EQ(calls_made(), "latcdcdp");
    EXPECT_EQ(check_slabs_empty(), "");
}

TEST(Fsync, HoldsTheInodesMutex)
{
    auto w = one_task([](tree &all) {
        all.first = sys_open(all.number, "b");
        all.second = sys_fsync(static_cast<int>(all.first));
        all.third = sys_fsync(7);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->second, 0);
    EXPECT_EQ(w->third, -EBADF);
    EXPECT_EQ(calls_made(), "laoy");
}

TEST(Folder, IsHeldByItsEntriesUntilTheyGo)
{
    auto w = one_task([](tree &all) {
        sys_stat(all.number, "D/b");
        all.first = shrink_name(all.number, "D");
        sys_unlink(all.number, "D/b");
        all.second = shrink_name(all.number, "D");
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(w->second, 1);
    EXPECT_EQ(calls_made(), "lalaxcdcd");
}

TEST(Folder, IsNoFile)
{
    auto w = one_task([](tree &all) { all.first = sys_stat(all.number, "b/c"); });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, -ENOTDIR);
}

TEST(Entry, ThatCannotBeRevalidatedIsLookedUpAnew)
{
    auto w = one_task([](tree &all) {
        sys_stat(all.number, "+b");
        all.first = sys_stat(all.number, "+b");
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->first, 0);
    EXPECT_EQ(calls_made(), "lal"); // the inode stays
}

} // namespace
} // namespace kernel
