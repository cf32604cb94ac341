#include <gtest/gtest.h>

#include "sim/kernel/budget.hpp"
#include "sim/kernel/fasync.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/kernel/kobject.hpp"
#include "sim/kernel/pagemap.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct objects {
    spinlock_t lock;
    page *pg;
    rw_semaphore rwsem;
    semaphore sem;
    mutex mtx;
    wait_queue_head_t queue;
    fasync_struct *fasync;
    file *filp;
    kmem_cache_t *cache;
    mm_struct *mm;
    vfsmount *mount;
    dentry *entry;
    address_space mapping;
    kobject kobj;
};

file_operations no_operations;

void make_objects(objects &all)
{
    boot_fs();
    all.pg = alloc_page(GFP_KERNEL);
    init_rwsem(&all.rwsem);
    sema_init(&all.sem, 1);
    init_waitqueue_head(&all.queue);
    all.filp = alloc_file(&no_operations, nullptr, nullptr);
    all.cache = kmem_cache_create("cache", 16, 0, 0, nullptr, nullptr);
    all.mm = make_mm();
    map_user_pages(all.mm, 1);
    super_block *sb = alloc_super();
    all.mount = make_vfsmount(sb);
    all.mount->mnt_count.counter = 2;
    all.entry = d_alloc(sb, nullptr, "entry");
    all.entry->d_count.counter = 2;
    INIT_LIST_HEAD(&all.mapping.pages);
}

void load_page_table(objects &all)
{
    page *found[1];
    get_user_pages(current, all.mm, user_base(), 1, 1, 0, found, nullptr);
}

struct operation {
    const char *name;
    void (*perform)(objects &);
};

const operation sleeping[] = {
    {"schedule", [](objects &) { schedule(); }},
    {"mutex_lock", [](objects &all) { mutex_lock(&all.mtx); }},
    {"lock_kernel", [](objects &) { lock_kernel(); }},
    {"down", [](objects &all) { down(&all.sem); }},
    {"down_interruptible", [](objects &all) { down_interruptible(&all.sem); }},
    {"down_read", [](objects &all) { down_read(&all.rwsem); }},
    {"down_write", [](objects &all) { down_write(&all.rwsem); }},
    {"wait_event", [](objects &all) { wait_event(all.queue, [] { return true; }); }},
    {"wait_event_interruptible", [](objects &all) { wait_event_interruptible(all.queue, [] { return true; }); }},
    {"kmalloc", [](objects &) { kmalloc(8, GFP_KERNEL); }},
    {"kmem_cache_alloc", [](objects &all) { kmem_cache_alloc(all.cache, GFP_KERNEL); }},
    {"kmem_cache_create", [](objects &) { kmem_cache_create("other", 8, 0, 0, nullptr, nullptr); }},
    {"alloc_page", [](objects &) { alloc_page(GFP_KERNEL); }},
    {"lock_page", [](objects &all) { lock_page(all.pg); }},
    {"set_page_dirty_lock", [](objects &all) { set_page_dirty_lock(all.pg); }},
    {"fasync_helper", [](objects &all) { fasync_helper(0, all.filp, 1, &all.fasync); }},
    {"the last fput", [](objects &all) { fput(all.filp); }},
    {"another fput",
     [](objects &all) {
         all.filp->f_count.counter = 2;
         fput(all.filp);
     }},
    {"mntput", [](objects &all) { mntput(all.mount); }},
    {"dput", [](objects &all) { dput(all.entry); }},
    {"iget_locked", [](objects &all) { iget_locked(all.mount->mnt_sb, 1); }},
    {"invalidate_inode_pages", [](objects &all) { invalidate_inode_pages(&all.mapping); }},
    {"kobject_add", [](objects &all) { kobject_add(&all.kobj); }},
    {"copy_from_user",
     [](objects &) {
         char byte = 0;
         copy_from_user(&byte, user_base(), 1);
     }},
};

const operation prompt[] = {
    {"down_trylock", [](objects &all) { down_trylock(&all.sem); }},
    {"up", [](objects &all) { up(&all.sem); }},
    {"wake_up", [](objects &all) { wake_up(&all.queue); }},
    {"kill_fasync", [](objects &all) { kill_fasync(&all.fasync, SIGIO, POLL_IN); }},
    {"kfree", [](objects &) { kfree(nullptr); }},
    {"get_file", [](objects &all) { get_file(all.filp); }},
    {"get_page", [](objects &all) { get_page(all.pg); }},
    {"TestSetPageLocked", [](objects &all) { TestSetPageLocked(all.pg); }},
    {"send_sig", [](objects &) { send_sig(SIGINT, current); }},
    {"signal_pending", [](objects &) { signal_pending(current); }},
    {"iput of nothing", [](objects &) { iput(nullptr); }},
};

std::string under_spinlock(const operation &what)
{
    kernel_world<objects> w([&what](objects &all) {
        make_objects(all);
        spawn("a", [&all, &what] {
            spin_lock(&all.lock);
            what.perform(all);
            spin_unlock(&all.lock);
        });
    });
    return text_of(w.run());
}

std::string under_kmap(const operation &what)
{
    kernel_world<objects> w([&what](objects &all) {
        make_objects(all);
        spawn("a", [&all, &what] {
            void *address = kmap_atomic(all.pg, KM_USER0);
            what.perform(all);
            kunmap_atomic(address, KM_USER0);
        });
    });
    return text_of(w.run());
}

TEST(AtomicScope, WhatMaySleepIsReportedUnderASpinlock)
{
    for (const operation &what : sleeping)
        EXPECT_EQ(under_spinlock(what), "violation: sleep_in_atomic") << what.name;
}

TEST(AtomicScope, WhatMaySleepIsReportedUnderAnAtomicKmap)
{
    for (const operation &what : sleeping)
        EXPECT_EQ(under_kmap(what), "violation: sleep_in_atomic") << what.name;
}

TEST(AtomicScope, WhatDoesNotSleepIsAllowed)
{
    for (const operation &what : prompt) {
        EXPECT_EQ(under_spinlock(what), "done") << what.name;
        EXPECT_EQ(under_kmap(what), "done") << what.name;
    }
}

TEST(AtomicScope, WhatMayFaultUnderAnAtomicKmapIsReportedThoughItDoesNot)
{
    auto load = [](bool mapped) {
        kernel_world<objects> w([mapped](objects &all) {
            make_objects(all);
            spawn("a", [&all, mapped] {
                down_read(&all.mm->mmap_sem);
                void *address = mapped ? kmap_atomic(all.pg, KM_USER0) : nullptr;
                load_page_table(all);
                if (mapped)
                    kunmap_atomic(address, KM_USER0);
                up_read(&all.mm->mmap_sem);
            });
        });
        return w.outcomes();
    };
    EXPECT_EQ(load(false), outcome_set{"done"});
    EXPECT_EQ(load(true), outcome_set{"violation: sleep_in_atomic"});
}

TEST(AtomicScope, AReportNamesTheSleeperAndWhatItHolds)
{
    sim::verdict v = alone<objects>([](objects &all) {
        spin_lock(&all.lock);
        schedule();
    });
    EXPECT_NE(v.message.find(" may sleep in schedule, called by operator(), while it holds "), std::string::npos) << v.message;
    EXPECT_NE(v.message.find(", taken in operator() (atomic_scope_test.cpp:183)"), std::string::npos) << v.message;
    EXPECT_STREQ(v.where.file(), "sim/kernel/atomic_scope_test.cpp");
    EXPECT_GT(v.where.line(), 0U);
}

} // namespace
} // namespace kernel
