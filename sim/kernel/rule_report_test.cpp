#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/bug.hpp"
#include "sim/kernel/kobject.hpp"
#include "sim/kernel/rwsem.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/testing_mount.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/kernel/uio.hpp"
#include "sim/object_name.hpp"

namespace kernel {
namespace {

// The words of each report that a rule of the kernel is broken, but for those about memory, races and locks that are
// watched, on a few lines of kernel code.
struct machine {
    spinlock_t lock;
    mutex exclusion;
    rw_semaphore rwsem;
    kobject kobj;
    page *pg, *second;
    kmem_cache_t *cache;
    files_struct *files;
    unsigned number; // of the mount
    super_block *sb;
};
const sim::per_world<machine *> all_of_test;

std::string name_of_it(const void *address)
{
    const machine &all = *all_of_test;
    return address == &all.lock        ? "lock"
           : address == &all.exclusion ? "mutex"
           : address == &all.rwsem     ? "rwsem"
           : address == all.pg         ? "page"
           : address == all.second     ? "second page"
           : address == this_task()    ? "the task"
                                       : "it";
}

constexpr file_operations generous = {
    .write = [](file *, const char *, size_t bytes, loff_t *) -> ssize_t { return static_cast<ssize_t>(bytes) + 1; },
};

// Files that their own release uses.
constexpr file_operations taken_late = {
    .release =
        [](inode *, file *filp) {
            get_file(filp);
            return 0;
        },
};
constexpr file_operations put_twice = {
    .release =
        [](inode *, file *filp) {
            fput(filp);
            return 0;
        },
};

constexpr kobj_type unreleased = {.release = [](kobject *) {}};

void prepare(machine &all)
{
    all_of_test.get() = &all;
    boot_fs();
    kobject_init(&all.kobj);
    all.kobj.ktype = &unreleased;
    all.pg = alloc_page(GFP_KERNEL);
    all.second = alloc_page(GFP_KERNEL);
    all.cache = kmem_cache_create("requests", 24, 0, 0, nullptr, nullptr);
    all.sb = make_super();
    all.number = attach_mnt(make_vfsmount(all.sb));
    all.files = make_files();
    install_fd(all.files, alloc_file(&generous, nullptr, nullptr));
}

template <typename Body> std::string report_of(Body wrong)
{
    kernel_world<machine> w([wrong](machine &all) {
        prepare(all);
        spawn(
            "task", [wrong, &all] { wrong(all); }, nullptr, all.files);
    });
    sim::install_object_namer(name_of_it);
    sim::verdict v = w.run();
    sim::install_object_namer(nullptr);
    return v.kind == sim::verdict_kind::done ? "done" : fmt::format("{}: {}", v.invariant, v.message);
}

std::string report_of_call(void (*careless)(machine &))
{
    return report_of([careless](machine &all) {
        in_syscall("careless", [&]() -> long {
            careless(all);
            return 0;
        });
    });
}

TEST(RuleReport, SaysWhatIsHeldAtTheEndOfASystemCall)
{
    EXPECT_EQ(report_of_call([](machine &all) { spin_lock(&all.lock); }),
              "held_at_syscall_end: the task returns to user space from careless with a spinlock held");
    EXPECT_EQ(report_of_call([](machine &all) { kmap_atomic(all.pg, KM_USER1); }),
              "held_at_syscall_end: the task returns to user space from careless with an atomic kmap held");
    EXPECT_EQ(report_of_call([](machine &all) { mutex_lock(&all.exclusion); }),
              "held_at_syscall_end: the task returns to user space from careless with a mutex or rw_semaphore held");
    EXPECT_EQ(report_of_call([](machine &) { lock_kernel(); }),
              "held_at_syscall_end: the task returns to user space from careless with the big kernel lock held");
    EXPECT_EQ(report_of_call([](machine &) { set_current_state(TASK_INTERRUPTIBLE); }),
              "asleep_at_syscall_end: the task returns to user space from careless in a sleeping state");
    EXPECT_EQ(report_of_call([](machine &) {}), "done");
}

TEST(RuleReport, SaysWhatACallReturnsThatWasAskedForLess)
{
    EXPECT_EQ(report_of([](machine &) { sys_write(0, 0, 5); }),
              "syscall_result: write returns 6 to the task, which asked for 5 bytes");
}

TEST(RuleReport, SaysWhoReleasesWhatItDoesNotHold)
{
    EXPECT_EQ(report_of([](machine &all) { spin_unlock(&all.lock); }),
              "unbalanced_unlock: the task unlocks lock which it does not hold");
    EXPECT_EQ(report_of([](machine &all) { mutex_unlock(&all.exclusion); }),
              "unbalanced_unlock: the task unlocks mutex which it does not hold");
    EXPECT_EQ(report_of([](machine &) { unlock_kernel(); }),
              "unbalanced_unlock: the task unlocks the big kernel lock which it does not hold");
    EXPECT_EQ(report_of([](machine &all) { up_read(&all.rwsem); }),
              "unbalanced_unlock: the task releases rwsem which it does not hold for reading");
    EXPECT_EQ(report_of([](machine &all) { up_write(&all.rwsem); }),
              "unbalanced_unlock: the task releases rwsem which it does not hold for writing");
    EXPECT_EQ(report_of([](machine &all) { unlock_page(all.pg); }),
              "unbalanced_unlock: page is unlocked but not locked");
}

TEST(RuleReport, SaysWhoTakesASemaphoreThatItHolds)
{
    EXPECT_EQ(report_of([](machine &all) {
                  down_write(&all.rwsem);
                  down_read(&all.rwsem);
              }),
              "self_deadlock: the task takes rwsem which it holds for writing");
    EXPECT_EQ(report_of([](machine &all) {
                  down_read(&all.rwsem);
                  down_write(&all.rwsem);
              }),
              "self_deadlock: the task takes rwsem for writing while it holds it for reading");
}

TEST(RuleReport, SaysWhatIsWrongWithAPage)
{
    EXPECT_EQ(report_of([](machine &all) {
                  lock_page(all.pg);
                  put_page(all.pg);
              }),
              "page_freed_locked: page is freed while it is locked");
    EXPECT_EQ(report_of([](machine &all) {
                  put_page(all.pg);
                  put_page(all.pg);
              }),
              "page_after_free: page is put after its last reference was put");
    EXPECT_EQ(report_of([](machine &all) {
                  put_page(all.pg);
                  get_page(all.pg);
              }),
              "page_after_free: page is taken after its last reference was put");
    EXPECT_EQ(report_of([](machine &all) {
                  put_page(all.pg);
                  SetPageUptodate(all.pg);
              }),
              "page_after_free: page is marked after its last reference was put");
    EXPECT_EQ(report_of([](machine &all) {
                  put_page(all.pg);
                  ClearPageUptodate(all.pg);
              }),
              "page_after_free: page is marked after its last reference was put");
    EXPECT_EQ(report_of([](machine &all) {
                  put_page(all.pg);
                  kmap_atomic(all.pg, KM_USER0);
              }),
              "page_after_free: page is mapped after its last reference was put");
    EXPECT_EQ(report_of([](machine &all) {
                  kmap_atomic(all.pg, KM_USER0);
                  kmap_atomic(all.second, KM_USER0);
              }),
              "kmap_slot_in_use: the task maps second page into an atomic kmap slot that holds page");
    EXPECT_EQ(report_of([](machine &all) { kunmap_atomic(all.pg->data, KM_USER0); }),
              "unbalanced_kunmap: the task unmaps an address that its slot does not map");
}

TEST(RuleReport, SaysWhatIsWrongWithAnObjectOfACache)
{
    EXPECT_EQ(report_of([](machine &all) {
                  void *object = kmem_cache_alloc(all.cache, GFP_KERNEL);
                  kmem_cache_free(all.cache, object);
                  kmem_cache_free(all.cache, object);
              }),
              "double_free: it was freed already");
    EXPECT_EQ(report_of([](machine &all) { kmem_cache_free(all.cache, all.sb); }),
              "bad_free: it is no object of cache requests");
    EXPECT_EQ(report_of([](machine &all) { kfree(kmem_cache_alloc(all.cache, GFP_KERNEL)); }),
              "bad_free: it was not allocated with kmalloc");
    EXPECT_EQ(report_of([](machine &all) {
                  auto *object = static_cast<char *>(kmem_cache_alloc(all.cache, GFP_KERNEL));
                  kmem_cache_free(all.cache, object);
                  object[9] = 1;
                  kmem_cache_alloc(all.cache, GFP_KERNEL);
              }),
              "write_after_free: free object 0 of cache requests was written at offset 9");
    EXPECT_EQ(report_of([](machine &all) {
                  kmem_cache_alloc(all.cache, GFP_KERNEL);
                  kmem_cache_destroy(all.cache);
              }),
              "slab_leak: cache requests is destroyed with 1 objects in use");
}

TEST(RuleReport, SaysWhatIsPutTooOften)
{
    EXPECT_EQ(report_of([](machine &all) {
                  kobject_put(&all.kobj);
                  kobject_put(&all.kobj);
              }),
              "reference_count: it is put more often than it was taken");
    EXPECT_EQ(report_of([](machine &all) {
                  kobject_put(&all.kobj);
                  kobject_get(&all.kobj);
              }),
              "reference_count: it gets a reference after its last one was put");
    EXPECT_EQ(report_of([](machine &all) {
                  inode *node = get_inode(all.sb, 7);
                  iput(node);
                  iput(node);
              }),
              "reference_count: it is put more often than it was taken");
    EXPECT_EQ(report_of([](machine &all) {
                  dentry *entry = d_alloc(all.sb, all.sb->s_root, "b");
                  d_add(entry, get_inode(all.sb, 7));
                  dput(entry);
                  dput(entry);
              }),
              "reference_count: it is put more often than it was taken");
    EXPECT_EQ(report_of([](machine &) { fput(alloc_file(&put_twice, nullptr, nullptr)); }),
              "reference_count: it is put more often than it was taken");
    EXPECT_EQ(report_of([](machine &) { fput(alloc_file(&taken_late, nullptr, nullptr)); }),
              "reference_count: it gets a reference after its last one was put");
}

TEST(RuleReport, SaysWhatIsInUseAtAnUnmount)
{
    EXPECT_EQ(report_of([](machine &all) {
                  get_inode(all.sb, 7);
                  umount(all.number, {});
              }),
              "busy_inodes: it is in use after unmount");
    EXPECT_EQ(report_of([](machine &all) {
                  d_add(d_alloc(all.sb, all.sb->s_root, "b"), get_inode(all.sb, 7));
                  umount(all.number, {});
              }),
              "busy_dentry: it is in use at unmount");
    EXPECT_EQ(report_of([](machine &all) { umount(all.number, {}); }), "done");
}

TEST(RuleReport, SaysWhereAnAssertionFails)
{
    EXPECT_EQ(report_of([](machine &all) { BUG_ON(all.pg != all.second); }), "BUG_ON: kernel BUG in operator()");
    EXPECT_EQ(report_of([](machine &all) { BUG_ON(all.pg == all.second); }), "done");
}

} // namespace
} // namespace kernel
