#include <gtest/gtest.h>

#include "sim/kernel/syscall.hpp"
#include "sim/kernel/testing_mount.hpp"
#include "sim/kernel/testing_races.hpp"
#include "sim/kernel/this_task.hpp"

namespace kernel {
namespace {

// What the virtual file system orders by locks that are not modelled: its fakes say so. In each of these the first task
// runs to its end before the second begins.
void write_alone(shared &all)
{
    write_plain(&all.fields);
}

std::string outcome_in_order(body first, body second)
{
    sim::verdict v = run_in_order(first, second, {1, 2});
    return v.kind == sim::verdict_kind::done ? "done" : v.invariant;
}

const sim::per_world<super_block *> sb;
const sim::per_world<inode *> node;
const sim::per_world<dentry *> entry;
const sim::per_world<mm_struct *> mm;
const sim::per_world<files_struct *> files;
const sim::per_world<unsigned> number;

void make_file_system()
{
    boot_fs();
    sb = make_super();
}

// With an inode of which there is one reference.
void make_node()
{
    make_file_system();
    node = get_inode(sb, 'a');
}

void make_entry()
{
    make_node();
    entry = d_alloc(sb, sb.get()->s_root, "a");
}

TEST(RaceVfs, AnInodeIsFilledBeforeOthersFindIt)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      make_file_system();
                      node = iget_locked(sb, 'a');
                      write_alone(all);
                      unlock_new_inode(node);
                  },
                  [](shared &all) {
                      iget_locked(sb, 'a');
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceVfs, AnInodeGoesAfterItsLastUser)
{
    static constexpr super_operations writing_super = {
        .alloc_inode = noting_super.alloc_inode,
        .destroy_inode = noting_super.destroy_inode,
        .clear_inode = [](inode *) { write_alone(shared_of_test()); },
        .put_super = noting_super.put_super,
        .umount_begin = noting_super.umount_begin,
    };
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      make_node();
                      sb.get()->s_op = &writing_super;
                      write_alone(all);
                      iput(node);
                  },
                  [](shared &) { evict_unused(sb, place::here()); }),
              "done");
}

TEST(RaceVfs, AnEntryIsFilledBeforeOthersFindIt)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      make_entry();
                      write_alone(all);
                      d_add(entry, node);
                  },
                  [](shared &all) {
                      dget(entry);
                      write_alone(all);
                  }),
              "done");
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      make_entry();
                      write_alone(all);
                      d_instantiate(entry, node);
                  },
                  [](shared &all) {
                      dget(entry);
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceVfs, AnEntryGoesAfterItsLastUser)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      make_entry();
                      d_add(entry, node);
                      write_alone(all);
                      dput(entry);
                  },
                  [](shared &all) {
                      prune_aliases(node, place::here());
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceVfs, AMountIsMadeBeforeOthersFindIt)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      make_file_system();
                      vfsmount *mount = make_vfsmount(sb);
                      write_alone(all);
                      number = attach_mnt(mount);
                  },
                  [](shared &all) {
                      lookup_mnt(number);
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceVfs, AFileIsOpenedBeforeOthersUseItsDescriptor)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      boot_fs();
                      files = make_files();
                      file *opened = alloc_file(&noting_file, nullptr, nullptr);
                      write_alone(all);
                      number = static_cast<unsigned>(install_fd(files, opened));
                  },
                  [](shared &all) {
                      this_task()->files = files;
                      fget(static_cast<int>(number.get()), place::here());
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceVfs, TheLastTaskOfAProcessEndsAfterTheOthers)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      files = make_files();
                      files.get()->users.counter = 2;
                      this_task()->files = files;
                      write_alone(all);
                      exit_task();
                  },
                  [](shared &all) {
                      this_task()->files = files;
                      exit_task();
                      write_alone(all);
                  }),
              "done");
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      mm = make_mm();
                      mm.get()->users.counter = 2;
                      this_task()->mm = mm;
                      write_alone(all);
                      exit_task();
                  },
                  [](shared &all) {
                      this_task()->mm = mm;
                      exit_task();
                      write_alone(all);
                  }),
              "done");
}

TEST(RaceVfs, FindingAnEntryOfAnotherNodeOrdersNothing)
{
    EXPECT_EQ(outcome_in_order(
                  [](shared &all) {
                      make_entry();
                      write_alone(all);
                      d_add(entry, node);
                  },
                  [](shared &all) {
                      dget(sb.get()->s_root);
                      write_alone(all);
                  }),
              "data_race");
}

} // namespace
} // namespace kernel
