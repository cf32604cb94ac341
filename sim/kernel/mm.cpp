// Page frames, address spaces and atomic kmaps.
#include "sim/kernel/mm.hpp"

#include <bit>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>

#include "sim/fault.hpp"
#include "sim/kernel/budget.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::name_of_object;

static constexpr unsigned frames_max = 64;

struct frame_state {
    std::uint64_t live;
    std::uint32_t count;
    std::array<page *, frames_max> frames;
};
static const sim::per_world<frame_state> memory;

static page *take_frame(frame_state &all)
{
    auto index = static_cast<unsigned>(std::countr_one(all.live));
    sim::require(index < frames_max, "the simulated machine's page frames are used up");
    if (index >= all.count) {
        all.frames[index] = static_cast<page *>(sim::allocate(sizeof(page)));
        all.frames[index]->data = static_cast<std::byte *>(sim::allocate(PAGE_SIZE));
        ++all.count;
    }
    all.live |= std::uint64_t{1} << index;
    return all.frames[index];
}

page *alloc_page(gfp_t, place where)
{
    might_sleep(where);
    sim::point_before_operation();
    if (disturb(sim::choice_kind::allocation, budget().failed_allocations)) {
        emit(event_kind::alloc_failed, nullptr, 0, where);
        return nullptr;
    }
    page *pg = take_frame(memory.get());
    std::byte *data = pg->data;
    *pg = {};
    pg->data = data;
    pg->count.counter = 1;
    init_waitqueue_head(&pg->wait);
    std::memset(data, POISON_INUSE, PAGE_SIZE);
    emit(event_kind::alloc, pg, 0, where);
    return pg;
}

static void require_live(const page *pg, const char *what, const place &where)
{
    if (pg->count.counter <= 0)
        rule_broken("page_after_free", fmt::format("{} is {} after its last reference was put", name_of_object(pg),
                                                   what), where);
}

void get_page(page *pg, place where)
{
    sim::point_before_operation();
    require_live(pg, "taken", where);
    ++pg->count.counter;
    emit(event_kind::page_get, pg, static_cast<std::uint64_t>(pg->count.counter), where);
}

static void free_frame(page *pg)
{
    frame_state &all = memory.get();
    for (unsigned i = 0; i < all.count; ++i)
        if (all.frames[i] == pg)
            all.live &= ~(std::uint64_t{1} << i);
    std::memset(pg->data, POISON_FREE, PAGE_SIZE);
}

void put_page(page *pg, place where)
{
    sim::point_before_operation();
    require_live(pg, "put", where);
    --pg->count.counter;
    emit(event_kind::page_put, pg, static_cast<std::uint64_t>(pg->count.counter), where);
    if (pg->count.counter > 0)
        return;
    if ((pg->flags & PG_locked) != 0)
        rule_broken("page_freed_locked", fmt::format("{} is freed while it is locked", name_of_object(pg)), where);
    free_frame(pg);
}

static void take_page_lock(page *pg, const place &where)
{
    pg->flags |= PG_locked;
    pg->locker = static_cast<std::uint16_t>(sim::current_task() + 1);
    emit(event_kind::page_lock, pg, 0, where);
}

void lock_page(page *pg, place where)
{
    might_sleep(where);
    sim::point_before_operation();
    if ((pg->flags & PG_locked) != 0) {
        wait_queue_t wait;
        init_waitqueue_entry(&wait, this_task());
        wait.flags = WQ_FLAG_EXCLUSIVE;
        list_add_tail(&wait.task_list, &pg->wait.task_list);
        while ((pg->flags & PG_locked) != 0)
            sleep_uninterruptible("page lock", pg, where);
        list_del(&wait.task_list);
    }
    take_page_lock(pg, where);
}

bool TestSetPageLocked(page *pg, place where)
{
    sim::point_before_operation();
    bool was = (pg->flags & PG_locked) != 0;
    if (!was)
        take_page_lock(pg, where);
    return was;
}

void unlock_page(page *pg, place where)
{
    sim::point_before_operation();
    if ((pg->flags & PG_locked) == 0)
        rule_broken("unbalanced_unlock", fmt::format("{} is unlocked but not locked", name_of_object(pg)), where);
    pg->flags &= ~PG_locked;
    pg->locker = 0;
    emit(event_kind::page_unlock, pg, 0, where);
    if (!list_empty(&pg->wait.task_list))
        wake_up_state(list_entry<&wait_queue_t::task_list>(pg->wait.task_list.next)->task, TASK_UNINTERRUPTIBLE);
}

static void set_flag(page *pg, std::uint32_t flag, const place &where)
{
    sim::point_before_operation();
    require_live(pg, "marked", where);
    pg->flags |= flag;
    emit(event_kind::page_dirty, pg, flag, where);
}

void SetPageUptodate(page *pg, place where)
{
    set_flag(pg, PG_uptodate, where);
}

bool PageUptodate(const page *pg, place where)
{
    sim::point_before_operation();
    emit(event_kind::load, pg, pg->flags & PG_uptodate, where);
    return (pg->flags & PG_uptodate) != 0;
}

void SetPageError(page *pg, place where)
{
    set_flag(pg, PG_error, where);
}

int set_page_dirty_lock(page *pg, place where)
{
    lock_page(pg, where);
    set_flag(pg, PG_dirty, where);
    unlock_page(pg, where);
    return 0;
}

void flush_dcache_page(page *)
{
    // x86 keeps its caches coherent.
}

void *kmap_atomic(page *pg, km_type slot, place where)
{
    sim::fine_point();
    task_struct *self = this_task();
    require_live(pg, "mapped", where);
    if (self->kmap[slot] != nullptr)
        rule_broken("kmap_slot_in_use", fmt::format("{} maps {} into an atomic kmap slot that holds {}",
                                                    name_of_object(self), name_of_object(pg),
                                                    name_of_object(self->kmap[slot])), where);
    self->kmap[slot] = pg;
    ++self->preempt_count;
    emit(event_kind::kmap, pg, slot, where);
    return pg->data;
}

void kunmap_atomic(void *address, km_type slot, place where)
{
    sim::fine_point();
    task_struct *self = this_task();
    page *pg = self->kmap[slot];
    auto at = static_cast<std::byte *>(address);
    if (pg == nullptr || at < pg->data || at > pg->data + PAGE_SIZE)
        rule_broken("unbalanced_kunmap", fmt::format("{} unmaps an address that its slot does not map",
                                                     name_of_object(self)), where);
    self->kmap[slot] = nullptr;
    --self->preempt_count;
    emit(event_kind::kunmap, pg, slot, where);
}

int frame_number(const page *pg)
{
    const frame_state &all = memory.get();
    for (unsigned i = 0; i < all.count; ++i)
        if (all.frames[i] == pg)
            return static_cast<int>(i);
    return -1;
}

bool any_page_in_use()
{
    return memory->live != 0;
}

// The page behind an entry that is not present yet: read in by its file, or fresh memory.
static page *bring_in(page_table_entry &entry, const place &where)
{
    if (entry.fill != nullptr)
        return entry.fill(entry.file, entry.index);
    page *fresh = alloc_page(GFP_KERNEL, where);
    if (fresh != nullptr)
        std::memset(fresh->data, 0, PAGE_SIZE);
    return fresh;
}

static bool present_for(page_table_entry &entry, const place &where)
{
    if (entry.pg != nullptr && !disturb(sim::choice_kind::page_fault, budget().page_faults))
        return true;
    emit(event_kind::page_fault, entry.pg, entry.index, where);
    might_sleep(where);
    // The fault is served by a disk or a swap device, at any time: the task is off the processor until then.
    sim::point();
    if (entry.pg != nullptr)
        return true;
    page *fresh = bring_in(entry, where);
    if (entry.pg == nullptr)
        entry.pg = fresh;
    else if (fresh != nullptr) // another thread has served the same fault meanwhile
        put_page(fresh, where);
    return entry.pg != nullptr;
}

int get_user_pages(task_struct *, mm_struct *mm, unsigned long start, int len, int, int, page **pages, void **,
                   place where)
{
    lockdep_assert_held(&mm->mmap_sem, where);
    std::uint64_t first = (start - user_base()) / PAGE_SIZE;
    for (int i = 0; i < len; ++i) {
        std::uint64_t index = first + static_cast<std::uint64_t>(i);
        bool mapped = start >= user_base() && index < mm->pages && mm->table[index].mapped;
        if (!mapped || disturb(sim::choice_kind::bad_address, budget().bad_addresses)) {
            emit(event_kind::bad_address, nullptr, 0, where);
            return i > 0 ? i : -EFAULT;
        }
        page_table_entry &entry = mm->table[index];
        if (!present_for(entry, where))
            return i > 0 ? i : -EFAULT;
        get_page(entry.pg, where);
        pages[i] = entry.pg;
    }
    return len;
}

mm_struct *make_mm()
{
    auto *mm = static_cast<mm_struct *>(sim::allocate(sizeof(mm_struct)));
    init_rwsem(&mm->mmap_sem);
    return mm;
}

static std::uintptr_t add_entries(mm_struct *mm, unsigned count, fault_handler fill, void *of_file)
{
    sim::require(mm->pages + count <= mapping_pages_max, "a process maps more pages than a world has room for");
    std::uintptr_t start = user_base() + mm->pages * PAGE_SIZE;
    for (unsigned i = 0; i < count; ++i)
        mm->table[mm->pages++] = {nullptr, true, fill, of_file, i};
    return start;
}

std::uintptr_t map_user_pages(mm_struct *mm, unsigned count)
{
    std::uintptr_t start = add_entries(mm, count, nullptr, nullptr);
    for (unsigned i = mm->pages - count; i < mm->pages; ++i)
        mm->table[i].pg = bring_in(mm->table[i], place::here());
    return start;
}

std::uintptr_t map_file_pages(mm_struct *mm, unsigned count, fault_handler fill, void *of_file)
{
    return add_entries(mm, count, fill, of_file);
}

void unmap_all(mm_struct *mm)
{
    for (unsigned i = 0; i < mm->pages; ++i) {
        page_table_entry &entry = mm->table[i];
        if (entry.pg != nullptr)
            put_page(entry.pg);
        entry.pg = nullptr;
    }
    mm->pages = 0;
}

// Visits the bytes [start, start + bytes) of user memory in pieces that each lie within a page.
static void for_each_piece(const mm_struct *mm, std::uintptr_t start, size_t bytes, auto visit)
{
    while (bytes > 0) {
        std::uintptr_t offset = (start - user_base()) % PAGE_SIZE;
        std::uint64_t index = (start - user_base()) / PAGE_SIZE;
        sim::require(index < mm->pages && mm->table[index].pg != nullptr, "an actor touches memory it has not mapped");
        size_t piece = min<size_t>(bytes, PAGE_SIZE - offset);
        visit(mm->table[index].pg->data + offset, piece);
        start += piece;
        bytes -= piece;
    }
}

void copy_from_user_space(void *to, const mm_struct *mm, std::uintptr_t from, size_t bytes)
{
    auto out = static_cast<std::byte *>(to);
    for_each_piece(mm, from, bytes, [&](const std::byte *at, size_t piece) {
        std::memcpy(out, at, piece);
        out += piece;
    });
}

void copy_to_user_space(mm_struct *mm, std::uintptr_t to, const void *from, size_t bytes)
{
    auto in = static_cast<const std::byte *>(from);
    for_each_piece(mm, to, bytes, [&](std::byte *at, size_t piece) {
        std::memcpy(at, in, piece);
        in += piece;
    });
}

} // namespace kernel
