#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/testing_mount.hpp"

namespace kernel {
namespace {

struct tree {
    super_block *sb;
    inode *node, *other;
    dentry *entry;
    int seen;
};

std::string calls_of(const tree &)
{
    return calls_made();
}

template <typename Setup> kernel_world<tree> with_super(Setup setup)
{
    return kernel_world<tree>([setup](tree &all) {
        boot_fs();
        all.sb = make_super();
        all.node = get_inode(all.sb, 7);
        calls = letters{};
        setup(all);
    });
}

template <typename Body> kernel_world<tree> one_task(Body body)
{
    return with_super([body](tree &all) { spawn("a", [&all, body] { body(all); }); });
}

TEST(Inode, IsFoundAgainByItsNumber)
{
    auto w = one_task([](tree &all) {
        all.other = get_inode(all.sb, 7);
        all.seen = all.other->i_count.counter;
    });
    w.run();
    EXPECT_EQ(w->other, w->node);
    EXPECT_EQ(w->seen, 2);
    EXPECT_EQ(calls_made(), "");
}

TEST(Inode, IsMadeOnceWhenTwoTasksLookForItAtOnce)
{
    auto w = with_super([](tree &all) {
        spawn("a", [&all] { all.node = get_inode(all.sb, 8); });
        spawn("b", [&all] { all.other = get_inode(all.sb, 8); });
    });
    EXPECT_EQ(w.outcomes([](const tree &all) {
        return fmt::format("{} {} {}", calls_made(), all.node == all.other, all.node->i_count.counter);
    }),
              (outcome_set{"a true 2", "aad true 2"}));
}

TEST(Inode, IsHandedOutToOthersOnlyWhenItsMakerHasUnlockedIt)
{
    auto w = with_super([](tree &all) {
        for (int i = 0; i < 2; ++i)
            spawn("finder", [&all] {
                inode *found = iget_locked(all.sb, 8);
                if ((found->i_state & I_NEW) == 0)
                    return;
                ++all.seen;
                unlock_new_inode(found);
            });
    });
    EXPECT_EQ(w.outcomes([](const tree &all) { return fmt::format("{} maker", all.seen); }), outcome_set{"1 maker"});
}

TEST(Inode, StaysInMemoryAfterTheLastIput)
{
    auto w = one_task([](tree &all) { iput(all.node); });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(calls_made(), "");
    EXPECT_EQ(w->node->i_count.counter, 0);
}

TEST(Inode, IsClearedByTheLastIputWhenItHasNoLinks)
{
    auto w = one_task([](tree &all) {
        igrab(all.node);
        all.node->i_nlink = 0;
        iput(all.node);
        all.seen = calls_made().empty();
        iput(all.node);
    });
    w.run();
    EXPECT_EQ(w->seen, 1);
    EXPECT_EQ(calls_made(), "cd");
}

TEST(Inode, IsClearedByTheLastIputWhenTheSuperBlockIsInactive)
{
    auto w = one_task([](tree &all) {
        all.sb->s_active = false;
        iput(all.node);
    });
    w.run();
    EXPECT_EQ(calls_made(), "cd");
}

TEST(Inode, IsClearedByTheLastIputWhenItIsBad)
{
    auto w = one_task([](tree &all) {
        make_bad_inode(all.node);
        iput(all.node);
    });
    w.run();
    EXPECT_EQ(calls_made(), "cd");
}

TEST(Inode, IsNotFoundAgainWhenItIsBad)
{
    auto w = one_task([](tree &all) {
        make_bad_inode(all.node);
        all.other = get_inode(all.sb, 7);
        all.seen = is_bad_inode(all.node) + 2 * is_bad_inode(all.other);
    });
    w.run();
    EXPECT_NE(w->other, w->node);
    EXPECT_EQ(w->seen, 1);
}

TEST(Inode, IsClearedOnceWhenTwoTasksPutTheLastReferences)
{
    auto w = with_super([](tree &all) {
        igrab(all.node);
        all.node->i_nlink = 0;
        for (int i = 0; i < 2; ++i)
            spawn("putter", [&all] { iput(all.node); });
    });
    EXPECT_EQ(w.outcomes(calls_of), outcome_set{"cd"});
}

TEST(Inode, IgrabReturnsNullForOneThatIsBeingFreed)
{
    auto w = with_super([](tree &all) {
        all.node->i_nlink = 0;
        spawn("last", [&all] { iput(all.node); });
        spawn("grabber", [&all] {
            if ((all.node->i_state & I_FREEING) != 0)
                all.seen = igrab(all.node) == nullptr ? 1 : 2;
        });
    });
    outcome_set seen = w.outcomes([](const tree &all) { return std::to_string(all.seen); });
    EXPECT_TRUE(seen.contains("1"));
    EXPECT_FALSE(seen.contains("2"));
}

TEST(Inode, ASearchWaitsForOneThatIsBeingFreedAndMakesAnother)
{
    auto w = with_super([](tree &all) {
        all.node->i_nlink = 0;
        spawn("last", [&all] { iput(all.node); });
        spawn("finder", [&all] {
            all.other = get_inode(all.sb, 7);
            iput(all.other);
        });
    });
    EXPECT_EQ(w.outcomes(calls_of), (outcome_set{"cd", "cda"}));
}

TEST(Inode, PutMoreOftenThanTakenIsReported)
{
    EXPECT_EQ(text_of(one_task([](tree &all) {
                          iput(all.node);
                          iput(all.node);
                      }).run()),
              "violation: reference_count");
}

TEST(Inode, IputOfNothingIsFine)
{
    EXPECT_EQ(text_of(one_task([](tree &) { iput(nullptr); }).run()), "done");
}

TEST(Dentry, HoldsItsInodeUntilItGoes)
{
    auto w = one_task([](tree &all) {
        all.entry = d_alloc(all.sb, all.sb->s_root, "b");
        d_add(all.entry, all.node);
        dget(all.entry);
        dput(all.entry);
        dput(all.entry);
        all.seen = all.node->i_count.counter;
        all.entry->d_hashed = false;
        dget(all.entry);
        dput(all.entry);
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->seen, 1);
    EXPECT_EQ(w->node->i_count.counter, 0);
}

TEST(Dentry, PutMoreOftenThanTakenIsReported)
{
    EXPECT_EQ(text_of(one_task([](tree &all) {
                          all.entry = d_alloc(all.sb, all.sb->s_root, "b");
                          d_add(all.entry, all.node);
                          dput(all.entry);
                          dput(all.entry);
                      }).run()),
              "violation: reference_count");
}

} // namespace
} // namespace kernel
