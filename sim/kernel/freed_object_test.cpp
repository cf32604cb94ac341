#include <fmt/format.h>
#include <gtest/gtest.h>

#include "sim/kernel/fasync.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/kobject.hpp"
#include "sim/kernel/planted/trespassing.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/kernel/testing_mount.hpp"
#include "sim/object_name.hpp"

namespace kernel {
namespace {

// What fakes are given, in memory that was freed: each says so before it looks there.
struct everything {
    spinlock_t lock;
    mutex exclusion;
    rw_semaphore rwsem;
    semaphore sem;
    wait_queue_head_t queue;
    atomic_t count;
    kobject kobj;
    fasync_struct *fasync;
    lockless<int> flag;
    page *pages[1];
    char text[8];
};

struct machine {
    everything *all;
    file *filp;
    mm_struct *mm;
    std::uintptr_t user;
    wait_queue_t wait;
};
const sim::per_world<machine *> machine_of_test;

struct member_name {
    std::size_t offset;
    const char *name;
};

// The member, or where in none.
std::string name_of_it(const void *address)
{
    static constexpr member_name members[] = {
        {offsetof(everything, lock), "lock"},   {offsetof(everything, exclusion), "mutex"},
        {offsetof(everything, rwsem), "rwsem"}, {offsetof(everything, sem), "semaphore"},
        {offsetof(everything, queue), "queue"}, {offsetof(everything, count), "count"},
        {offsetof(everything, kobj), "kobject"}, {offsetof(everything, fasync), "list"},
        {offsetof(everything, flag), "flag"},   {offsetof(everything, pages), "pages"},
        {offsetof(everything, text), "text"},
    };
    auto start = reinterpret_cast<const std::byte *>(machine_of_test.get()->all);
    auto at = static_cast<const std::byte *>(address) - start;
    const char *name = "it";
    for (const member_name &each : members)
        if (at >= static_cast<std::ptrdiff_t>(each.offset) && at < static_cast<std::ptrdiff_t>(sizeof(everything)))
            name = each.name;
    return name;
}

void prepare(machine &of)
{
    machine_of_test.get() = &of;
    boot_fs();
    of.all = static_cast<everything *>(kzalloc(sizeof(everything), GFP_KERNEL));
    spin_lock_init(&of.all->lock);
    mutex_init(&of.all->exclusion);
    init_rwsem(&of.all->rwsem);
    sema_init(&of.all->sem, 1);
    init_waitqueue_head(&of.all->queue);
    kobject_init(&of.all->kobj);
    of.filp = alloc_file(nullptr, nullptr, nullptr);
    of.mm = make_mm();
    of.user = map_user_pages(of.mm, 1);
    init_waitqueue_entry(&of.wait, current);
}

// Of a run whose task uses what it has freed; without the offset, which depends on what lies before a member.
std::string report_of(void (*use)(machine &), bool freed = true)
{
    sim::the_run.watching = sim::watch_memory;
    kernel_world<machine> w([use, freed](machine &of) {
        prepare(of);
        spawn(
            "task",
            [use, freed, &of] {
                if (freed)
                    kfree(of.all);
                use(of);
            },
            of.mm);
    });
    sim::install_object_namer(name_of_it);
    sim::verdict v = w.run();
    sim::install_object_namer(nullptr);
    sim::the_run.watching = 0;
    if (v.kind == sim::verdict_kind::done)
        return "done";
    std::string message = v.message.substr(0, v.message.find(" at offset "));
    return fmt::format("{} in {}: {}", v.invariant, v.where.function(), message);
}

const std::string late = "use_after_free in operator(): task ";

TEST(FreedObject, IsSaidOfItsSpinlock)
{
    EXPECT_EQ(report_of([](machine &of) { spin_lock_init(&of.all->lock); }), late + "writes 16 bytes of lock");
    EXPECT_EQ(report_of([](machine &of) { spin_lock(&of.all->lock); }), late + "does lock on lock");
    EXPECT_EQ(report_of([](machine &of) { spin_unlock(&of.all->lock); }), late + "does unlock on lock");
    EXPECT_EQ(report_of([](machine &of) { lockdep_assert_held(&of.all->lock); }), late + "reads 2 bytes of lock");
}

TEST(FreedObject, IsSaidOfItsSleepingLocks)
{
    EXPECT_EQ(report_of([](machine &of) { mutex_lock(&of.all->exclusion); }), late + "does write-lock on mutex");
    EXPECT_EQ(report_of([](machine &of) { mutex_unlock(&of.all->exclusion); }), late + "does write-unlock on mutex");
    EXPECT_EQ(report_of([](machine &of) { down_read(&of.all->rwsem); }), late + "does read-lock on rwsem");
    EXPECT_EQ(report_of([](machine &of) { down_write(&of.all->rwsem); }), late + "does write-lock on rwsem");
    EXPECT_EQ(report_of([](machine &of) { up_read(&of.all->rwsem); }), late + "does read-unlock on rwsem");
    EXPECT_EQ(report_of([](machine &of) { up_write(&of.all->rwsem); }), late + "does write-unlock on rwsem");
    EXPECT_EQ(report_of([](machine &of) { down(&of.all->sem); }), late + "does down on semaphore");
    EXPECT_EQ(report_of([](machine &of) { down_interruptible(&of.all->sem); }), late + "does down on semaphore");
    EXPECT_EQ(report_of([](machine &of) { down_trylock(&of.all->sem); }), late + "does down on semaphore");
    EXPECT_EQ(report_of([](machine &of) { up(&of.all->sem); }), late + "does up on semaphore");
}

TEST(FreedObject, IsSaidOfItsWaitQueue)
{
    EXPECT_EQ(report_of([](machine &of) { wake_up(&of.all->queue); }), late + "does wake on queue");
    EXPECT_EQ(report_of([](machine &of) { wake_up_all(&of.all->queue); }), late + "does wake on queue");
    EXPECT_EQ(report_of([](machine &of) { waitqueue_active(&of.all->queue); }), late + "reads 16 bytes of queue");
    EXPECT_EQ(report_of([](machine &of) { add_wait_queue(&of.all->queue, &of.wait); }), late + "does wait-add on queue");
    EXPECT_EQ(report_of([](machine &of) { add_wait_queue_exclusive(&of.all->queue, &of.wait); }),
              late + "does wait-add on queue");
    EXPECT_EQ(report_of([](machine &of) { prepare_to_wait(&of.all->queue, &of.wait, TASK_INTERRUPTIBLE); }),
              late + "does wait-add on queue");
    EXPECT_EQ(report_of([](machine &of) { remove_wait_queue(&of.all->queue, &of.wait); }),
              late + "does wait-remove on queue");
    EXPECT_EQ(report_of([](machine &of) { finish_wait(&of.all->queue, &of.wait); }), late + "does wait-remove on queue");
}

TEST(FreedObject, IsSaidOfItsListOfFiles)
{
    EXPECT_EQ(report_of([](machine &of) { fasync_helper(-1, of.filp, 0, &of.all->fasync); }), late + "does fasync on list");
    EXPECT_EQ(report_of([](machine &of) { fasync_helper(-1, of.filp, 1, &of.all->fasync); }), late + "does fasync on list");
    EXPECT_EQ(report_of([](machine &of) { kill_fasync(&of.all->fasync, SIGIO, 0); }), late + "does fasync on list");
}

TEST(FreedObject, IsSaidOfItsCounts)
{
    EXPECT_EQ(report_of([](machine &of) { atomic_set(&of.all->count, 1); }), late + "writes 4 bytes of count");
    EXPECT_EQ(report_of([](machine &of) { atomic_inc(&of.all->count); }), late + "does atomic-inc on count");
    EXPECT_EQ(report_of([](machine &of) { kobject_get(&of.all->kobj); }), late + "does ref-get on kobject");
    EXPECT_EQ(report_of([](machine &of) { kobject_put(&of.all->kobj); }), late + "does ref-put on kobject");
}

TEST(FreedObject, IsSaidOfWhatAFakeWritesThere)
{
    EXPECT_EQ(report_of([](machine &of) { of.all->flag = 1; }), late + "writes 4 bytes of flag");
    EXPECT_EQ(report_of([](machine &of) { mutex_init(&of.all->exclusion); }).substr(0, late.size() + 6), late + "writes");
    EXPECT_EQ(report_of([](machine &of) { copy_from_user(of.all->text, of.user, 3); }), late + "writes 3 bytes of text");
    EXPECT_EQ(report_of([](machine &of) { copy_to_user(of.user, of.all->text, 3); }), late + "reads 3 bytes of text");
    EXPECT_EQ(report_of([](machine &of) {
                  down_read(&of.mm->mmap_sem);
                  get_user_pages(current, of.mm, of.user, 1, 0, 0, of.all->pages, nullptr);
              }),
              late + "writes 8 bytes of pages");
}

TEST(FreedObject, IsSaidOfAFileThatHasNotLeftTheList)
{
    EXPECT_EQ(report_of(
                  [](machine &of) {
                      fasync_helper(0, of.filp, 1, &of.all->fasync);
                      put_filp(of.filp);
                      kill_fasync(&of.all->fasync, SIGIO, 0);
                  },
                  false),
              late + "does fasync on it");
}

TEST(FreedObject, IsSaidWhereTheCallerStandsInTheCore)
{
    sim::the_run.watching = sim::watch_memory;
    kernel_world<machine> w([](machine &of) {
        prepare(of);
        spawn("task", [&of] {
            kfree(of.all);
            lend(reinterpret_cast<trespasser *>(kzalloc(sizeof(trespasser), GFP_KERNEL)), &of.all->queue, true);
        });
    });
    sim::verdict v = w.run();
    sim::the_run.watching = 0;
    EXPECT_EQ(v.invariant, "use_after_free");
    EXPECT_STREQ(v.where.file(), "core/planted/trespassing.cpp");
    EXPECT_STREQ(v.where.function(), "lend");
    EXPECT_EQ(v.where.line(), 48U);
}

TEST(FreedObject, IsNothingToSayOfWhatIsStillAllocated)
{
    EXPECT_EQ(report_of(
                  [](machine &of) {
                      spin_lock(&of.all->lock);
                      lockdep_assert_held(&of.all->lock);
                      spin_unlock(&of.all->lock);
                      mutex_lock(&of.all->exclusion);
                      mutex_unlock(&of.all->exclusion);
                      down_read(&of.all->rwsem);
                      up_read(&of.all->rwsem);
                      down(&of.all->sem);
                      up(&of.all->sem);
                      wake_up(&of.all->queue);
                      fasync_helper(0, of.filp, 1, &of.all->fasync);
                      kill_fasync(&of.all->fasync, SIGIO, 0);
                      fasync_helper(-1, of.filp, 0, &of.all->fasync);
                      of.all->flag = 1;
                      copy_from_user(of.all->text, of.user, 3);
                      copy_to_user(of.user, of.all->text, 3);
                      kobject_get(&of.all->kobj);
                  },
                  false),
              "done");
}

} // namespace
} // namespace kernel
