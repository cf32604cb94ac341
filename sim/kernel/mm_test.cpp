#include "sim/kernel/mm.hpp"

#include <cerrno>
#include <cstring>

#include <gtest/gtest.h>

#include "sim/kernel/budget.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {
namespace {

struct machine {
    page *pg, *second;
    mm_struct *mm;
    semaphore disk;
    critical_section section;
    letters order;
    page *found[4];
    int result;
    int fills;
};

std::string result_of(const machine &all)
{
    return std::to_string(all.result);
}

int load(machine &all, unsigned long start, int pages)
{
    down_read(&all.mm->mmap_sem);
    int got = get_user_pages(current, all.mm, start, pages, 1, 0, all.found, nullptr);
    up_read(&all.mm->mmap_sem);
    return got;
}

template <typename Body> sim::verdict with_page(Body body)
{
    kernel_world<machine> w([body](machine &all) {
        all.pg = alloc_page(GFP_KERNEL);
        all.second = alloc_page(GFP_KERNEL);
        spawn("a", [&all, body] { body(all); });
    });
    return w.run();
}

TEST(Page, LockExcludesUnderEverySchedule)
{
    kernel_world<machine> w([](machine &all) {
        all.pg = alloc_page(GFP_KERNEL);
        for (int i = 0; i < 3; ++i)
            spawn("locker", [&all] {
                lock_page(all.pg);
                all.section.visit();
                unlock_page(all.pg);
            });
    });
    EXPECT_EQ(w.outcomes([](const machine &all) { return all.section.text(); }), outcome_set{"3 visits, 1 at once"});
}

TEST(Page, LockedTwiceByOneTaskHangs)
{
    EXPECT_EQ(text_of(with_page([](machine &all) {
                  lock_page(all.pg);
                  lock_page(all.pg);
              })),
              "hung");
}

TEST(Page, TestSetPageLockedTakesAFreeLockAndNeverSleeps)
{
    kernel_world<machine> w([](machine &all) {
        all.pg = alloc_page(GFP_KERNEL);
        spawn("a", [&all] {
            all.result = TestSetPageLocked(all.pg);
            all.result += 2 * TestSetPageLocked(all.pg);
            unlock_page(all.pg);
            all.result += 4 * TestSetPageLocked(all.pg);
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->result, 2);
}

TEST(Page, UnlockedWithoutALockIsReported)
{
    EXPECT_EQ(text_of(with_page([](machine &all) { unlock_page(all.pg); })), "violation: unbalanced_unlock");
}

TEST(Page, SetDirtyLockSleepsForThePageLockAndMarksThePage)
{
    kernel_world<machine> w([](machine &all) {
        all.pg = alloc_page(GFP_KERNEL);
        spawn("locker", [&all] {
            lock_page(all.pg);
            all.order.write('l');
            sim::point();
            all.order.write('u');
            unlock_page(all.pg);
        });
        spawn("writer", [&all] {
            set_page_dirty_lock(all.pg);
            all.order.write('d');
        });
    });
    EXPECT_EQ(w.outcomes([](const machine &all) {
        return all.order.text() + ((all.pg->flags & PG_dirty) != 0 ? " dirty" : " clean") +
               ((all.pg->flags & PG_locked) != 0 ? " locked" : "");
    }),
              (outcome_set{"dlu dirty", "lud dirty"}));
}

TEST(Page, IsFreedWithItsLastReference)
{
    kernel_world<machine> w([](machine &all) {
        spawn("a", [&all] {
            all.pg = alloc_page(GFP_KERNEL);
            get_page(all.pg);
            put_page(all.pg);
            all.result = any_page_in_use();
            put_page(all.pg);
            all.result += 2 * any_page_in_use();
        });
    });
    w.run();
    EXPECT_EQ(w->result, 1);
    EXPECT_EQ(w->pg->data[0], std::byte{POISON_FREE});
}

TEST(Page, UsedAfterItsLastReferenceIsReported)
{
    using use = void (*)(page *);
    for (use after : {use([](page *pg) { get_page(pg); }), use([](page *pg) { put_page(pg); }),
                      use([](page *pg) { SetPageUptodate(pg); }), use([](page *pg) { kmap_atomic(pg, KM_USER0); })})
        EXPECT_EQ(text_of(with_page([after](machine &all) {
                      put_page(all.pg);
                      after(all.pg);
                  })),
                  "violation: page_after_free");
}

TEST(Page, FreedWhileItIsLockedIsReported)
{
    EXPECT_EQ(text_of(with_page([](machine &all) {
                  lock_page(all.pg);
                  put_page(all.pg);
              })),
              "violation: page_freed_locked");
}

TEST(Page, AllocationFailsAsOftenAsTheBudgetAllows)
{
    kernel_world<machine> w([](machine &all) {
        budget().failed_allocations = 1;
        spawn("a", [&all] {
            for (int i = 0; i < 3; ++i)
                all.result += alloc_page(GFP_KERNEL) == nullptr;
        });
    });
    EXPECT_EQ(w.outcomes(result_of), (outcome_set{"0", "1"}));
}

TEST(Kmap, MapsThePagesBytesInEachSlot)
{
    EXPECT_EQ(text_of(with_page([](machine &all) {
                  void *one = kmap_atomic(all.pg, KM_USER0);
                  void *two = kmap_atomic(all.second, KM_USER1);
                  std::memset(one, 1, PAGE_SIZE);
                  std::memset(two, 2, PAGE_SIZE);
                  kunmap_atomic(two, KM_USER1);
                  kunmap_atomic(static_cast<char *>(one) + 5, KM_USER0);
                  schedule();
                  BUG_ON(all.pg->data[0] != std::byte{1} || all.second->data[0] != std::byte{2});
              })),
              "done");
}

TEST(Kmap, ASlotInUseIsReported)
{
    EXPECT_EQ(text_of(with_page([](machine &all) {
                  kmap_atomic(all.pg, KM_USER0);
                  kmap_atomic(all.second, KM_USER0);
              })),
              "violation: kmap_slot_in_use");
}

TEST(Kmap, SlotsBelongToATaskAsToItsProcessor)
{
    kernel_world<machine> w([](machine &all) {
        all.pg = alloc_page(GFP_KERNEL);
        for (int i = 0; i < 2; ++i)
            spawn("mapper", [&all] {
                void *address = kmap_atomic(all.pg, KM_USER0);
                sim::point();
                kunmap_atomic(address, KM_USER0);
            });
    });
    EXPECT_EQ(w.outcomes(), outcome_set{"done"});
}

TEST(Kmap, UnmappingWhatTheSlotDoesNotMapIsReported)
{
    EXPECT_EQ(text_of(with_page([](machine &all) { kunmap_atomic(all.pg->data, KM_USER0); })),
              "violation: unbalanced_kunmap");
    EXPECT_EQ(text_of(with_page([](machine &all) {
                  kmap_atomic(all.pg, KM_USER0);
                  kunmap_atomic(all.second->data - 1, KM_USER1);
              })),
              "violation: unbalanced_kunmap");
    EXPECT_EQ(text_of(with_page([](machine &all) {
                  kmap_atomic(all.pg, KM_USER0);
                  kunmap_atomic(all.pg->data - 1, KM_USER0);
              })),
              "violation: unbalanced_kunmap");
}

outcome_set load_with(disturbance_budget allowed, unsigned long start, int pages)
{
    kernel_world<machine> w([=](machine &all) {
        all.mm = make_mm();
        map_user_pages(all.mm, 2);
        budget() = allowed;
        spawn("a", [&all, start, pages] { all.result = load(all, start, pages); });
    });
    return w.outcomes(result_of);
}

// user_base() with pages of 128 bytes, before there is a world to ask.
constexpr std::uintptr_t first_address = 0x10000;

TEST(GetUserPages, GivesMappedPagesAndFailsAtOthers)
{
    unsigned long page_bytes = 128;
    EXPECT_EQ(load_with({}, first_address, 2), outcome_set{"2"});
    EXPECT_EQ(load_with({}, first_address + page_bytes + 5, 1), outcome_set{"1"});
    EXPECT_EQ(load_with({}, first_address + page_bytes, 2), outcome_set{"1"});
    EXPECT_EQ(load_with({}, first_address + 2 * page_bytes, 1), outcome_set{"-14"});
    EXPECT_EQ(load_with({}, first_address - 1, 1), outcome_set{"-14"});
    EXPECT_EQ(load_with({}, 0, 1), outcome_set{"-14"});
}

TEST(GetUserPages, FindsAnAddressBadWhileTheBudgetLasts)
{
    EXPECT_EQ(load_with({.page_faults = 0, .bad_addresses = 1, .failed_allocations = 0}, first_address, 1),
              (outcome_set{"-14", "1"}));
    EXPECT_EQ(load_with({.page_faults = 0, .bad_addresses = 1, .failed_allocations = 0}, first_address, 2),
              (outcome_set{"-14", "1", "2"}));
}

TEST(GetUserPages, TakesAReferenceToEachPage)
{
    kernel_world<machine> w([](machine &all) {
        all.mm = make_mm();
        map_user_pages(all.mm, 2);
        spawn("a", [&all] {
            load(all, user_base(), 2);
            unmap_all(all.mm);
            all.result = all.found[0]->count.counter + all.found[1]->count.counter;
            put_page(all.found[0]);
            put_page(all.found[1]);
        });
    });
    EXPECT_EQ(w.run().kind, sim::verdict_kind::done);
    EXPECT_EQ(w->result, 2);
    EXPECT_FALSE(any_page_in_use());
}

TEST(GetUserPages, IsCalledWithMmapSemHeld)
{
    EXPECT_EQ(text_of(alone<machine>([](machine &all) {
                  all.mm = make_mm();
                  get_user_pages(current, all.mm, user_base(), 1, 1, 0, all.found, nullptr);
              })),
              "violation: lock_not_held");
}

page *read_from_disk(void *file, std::uint64_t index)
{
    auto &all = *static_cast<machine *>(file);
    all.order.write('f');
    down(&all.disk);
    all.order.write(all.mm->mmap_sem.waiting != 0 ? 'W' : 'r');
    ++all.fills;
    page *pg = alloc_page(GFP_KERNEL);
    pg->index = index;
    return pg;
}

page *fail_to_read(void *, std::uint64_t)
{
    return nullptr;
}

TEST(GetUserPages, SleepsInAFaultWithMmapSemHeldWhileAWriterWaits)
{
    kernel_world<machine> w([](machine &all) {
        all.mm = make_mm();
        map_file_pages(all.mm, 1, read_from_disk, &all);
        sema_init(&all.disk, 0);
        spawn("loader", [&all] {
            load(all, user_base(), 1);
            all.order.write('l');
        });
        spawn("mapper", [&all] {
            down_write(&all.mm->mmap_sem);
            all.order.write('m');
            up_write(&all.mm->mmap_sem);
        });
        spawn("disk", [&all] { up(&all.disk); });
    });
    outcome_set seen = w.outcomes([](const machine &all) { return all.order.text(); });
    EXPECT_EQ(seen, (outcome_set{"frlm", "fWlm", "mfrl"}));
}

TEST(GetUserPages, HangsWhenTheFaultWaitsForAWriterOfMmapSem)
{
    kernel_world<machine> w([](machine &all) {
        all.mm = make_mm();
        map_file_pages(all.mm, 1, read_from_disk, &all);
        sema_init(&all.disk, 0);
        spawn("loader", [&all] { load(all, user_base(), 1); });
        spawn("server", [&all] {
            down_write(&all.mm->mmap_sem);
            up_write(&all.mm->mmap_sem);
            up(&all.disk);
        });
    });
    EXPECT_EQ(w.outcomes(), (outcome_set{"done", "hung"}));
}

TEST(GetUserPages, FailsWhenTheFileCannotBeRead)
{
    kernel_world<machine> w([](machine &all) {
        all.mm = make_mm();
        map_file_pages(all.mm, 1, fail_to_read, nullptr);
        spawn("loader", [&all] { all.result = load(all, user_base(), 1); });
    });
    w.run();
    EXPECT_EQ(w->result, -EFAULT);
}

TEST(GetUserPages, LosesNoPageWhenTwoTasksFaultAtOnce)
{
    kernel_world<machine> w([](machine &all) {
        all.mm = make_mm();
        map_file_pages(all.mm, 1, read_from_disk, &all);
        sema_init(&all.disk, 2);
        for (int i = 0; i < 2; ++i)
            spawn("loader", [&all, i] {
                down_read(&all.mm->mmap_sem);
                get_user_pages(current, all.mm, user_base(), 1, 1, 0, &all.found[i], nullptr);
                up_read(&all.mm->mmap_sem);
                put_page(all.found[i]);
                if (++all.result == 2)
                    unmap_all(all.mm);
            });
    });
    EXPECT_EQ(w.outcomes([](const machine &) { return any_page_in_use() ? "leaked" : "freed"; }), outcome_set{"freed"});
}

TEST(UserMemory, IsCopiedAcrossPages)
{
    static char copy[301];
    kernel_world<machine> w([](machine &all) {
        all.mm = make_mm();
        map_user_pages(all.mm, 3);
        char text[301];
        for (unsigned i = 0; i < sizeof text; ++i)
            text[i] = static_cast<char>('a' + i % 26);
        copy_to_user_space(all.mm, user_base() + 50, text, sizeof text);
        std::memset(copy, 0, sizeof copy);
        copy_from_user_space(copy, all.mm, user_base() + 50, sizeof copy);
    });
    for (unsigned i = 0; i < sizeof copy; ++i)
        ASSERT_EQ(copy[i], static_cast<char>('a' + i % 26)) << i;
}

} // namespace
} // namespace kernel
