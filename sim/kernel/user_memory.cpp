// Memory of processes: page tables, faults, and accesses to it.
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "sim/fault.hpp"
#include "sim/kernel/budget.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;

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

// Takes over a reference to the page.
static void set_entry(page_table_entry &entry, page *pg)
{
    entry.pg = pg;
    if (pg != nullptr && pg->mapping != nullptr)
        ++pg->mapcount;
}

void unmap_entry(page_table_entry &entry, place where)
{
    page *pg = entry.pg;
    entry.pg = nullptr;
    if (pg != nullptr) {
        if (pg->mapcount > 0)
            --pg->mapcount;
        put_page(pg, where);
    }
    if (entry.drop != nullptr)
        entry.drop(entry.file);
    entry.drop = nullptr;
}

// do_wp_page: an access for writing gets a page of its own.
static bool break_copy_on_write(page_table_entry &entry, const place &where)
{
    page *shared = entry.pg;
    page *own = alloc_page(GFP_KERNEL, where);
    if (own == nullptr)
        return false;
    if (entry.pg != shared) { // another thread was faster
        put_page(own, where);
        return true;
    }
    std::memcpy(own->data, shared->data, PAGE_SIZE);
    --shared->mapcount;
    set_entry(entry, own);
    put_page(shared, where);
    return true;
}

static bool needs_copy(const page_table_entry &entry, bool write)
{
    return write && entry.pg->mapping != nullptr;
}

static bool present_for(page_table_entry &entry, bool write, const place &where)
{
    if (entry.pg != nullptr && !needs_copy(entry, write) &&
        !disturb(sim::choice_kind::page_fault, budget().page_faults))
        return true;
    emit(event_kind::page_fault, entry.pg, entry.index, where);
    might_sleep(where, "get_user_pages");
    // The fault is served by a disk or a swap device, at any time: the task is off the processor until then.
    bool swapped_out = entry.pg != nullptr;
    sim::point();
    if (swapped_out && disturb(sim::choice_kind::allocation, budget().failed_allocations)) {
        emit(event_kind::alloc_failed, nullptr, 0, where);
        return false;
    }
    if (entry.pg == nullptr) {
        page *fresh = bring_in(entry, where);
        if (entry.pg == nullptr)
            set_entry(entry, fresh);
        else if (fresh != nullptr) // another thread has served the same fault meanwhile
            put_page(fresh, where);
    }
    if (entry.pg != nullptr && needs_copy(entry, write))
        return break_copy_on_write(entry, where);
    return entry.pg != nullptr;
}

// Null: a bad address.
static page_table_entry *find_entry(mm_struct *mm, std::uintptr_t address)
{
    std::uint64_t index = (address - user_base()) / PAGE_SIZE;
    bool mapped = address >= user_base() && index < mm->pages && mm->table[index].mapped;
    return mapped ? &mm->table[index] : nullptr;
}

int get_user_pages(task_struct *, mm_struct *mm, unsigned long start, int len, int write, int, page **pages, void **,
                   place where)
{
    lockdep_assert_held(&mm->mmap_sem, where);
    might_sleep(where);
    for (int i = 0; i < len; ++i) {
        page_table_entry *entry = find_entry(mm, start + static_cast<unsigned>(i) * PAGE_SIZE);
        if (entry == nullptr || disturb(sim::choice_kind::bad_address, budget().bad_addresses)) {
            emit(event_kind::bad_address, nullptr, 0, where);
            return i > 0 ? i : -EFAULT;
        }
        if (!present_for(*entry, write != 0, where))
            return i > 0 ? i : -EFAULT;
        get_page(entry->pg, where);
        pages[i] = entry->pg;
        sim::wrote(&pages[i], sizeof pages[i], where);
    }
    return len;
}

mm_struct *make_mm()
{
    auto *mm = static_cast<mm_struct *>(sim::allocate(sizeof(mm_struct)));
    init_rwsem(&mm->mmap_sem);
    return mm;
}

// Page tables grow while scenarios are built, so that small processes stay small.
static void grow_table(mm_struct *mm, unsigned wanted)
{
    sim::require(wanted <= mapping_pages_max, "a process maps more pages than a world has room for");
    auto *table = static_cast<page_table_entry *>(sim::allocate(wanted * sizeof(page_table_entry)));
    std::copy_n(mm->table, mm->pages, table);
    mm->table = table;
    mm->table_entries = wanted;
}

static std::uintptr_t add_entries(mm_struct *mm, unsigned count, fault_handler fill, void *of_file)
{
    if (mm->pages + count > mm->table_entries)
        grow_table(mm, mm->pages + count);
    std::uintptr_t start = user_base() + mm->pages * PAGE_SIZE;
    for (unsigned i = 0; i < count; ++i)
        mm->table[mm->pages++] = {nullptr, true, fill, of_file, i, nullptr};
    return start;
}

std::uintptr_t map_user_pages(mm_struct *mm, unsigned count)
{
    std::uintptr_t start = add_entries(mm, count, nullptr, nullptr);
    for (unsigned i = mm->pages - count; i < mm->pages; ++i)
        mm->table[i].pg = bring_in(mm->table[i], place::here());
    return start;
}

std::uintptr_t map_file_pages(mm_struct *mm, unsigned count, fault_handler fill, void *of_file, void (*drop)(void *))
{
    std::uintptr_t start = add_entries(mm, count, fill, of_file);
    mm->table[mm->pages - count].drop = drop;
    return start;
}

void unmap_all(mm_struct *mm)
{
    for (unsigned i = 0; i < mm->pages; ++i)
        unmap_entry(mm->table[i]);
    mm->pages = 0;
}

// Copies between user memory and the kernel's, page by page, as long as the pages are there or come in.
static size_t copy_pieces(std::uintptr_t at, size_t bytes, bool write, const place &where, auto copy)
{
    mm_struct *mm = this_task()->mm;
    // might_fault: whether or not a page is missing this time.
    might_sleep(where, write ? "copy_to_user" : "copy_from_user");
    might_lock_read(&mm->mmap_sem, where);
    while (bytes > 0) {
        sim::point_before_operation();
        std::uintptr_t offset = at % PAGE_SIZE;
        size_t piece = min<size_t>(bytes, PAGE_SIZE - offset);
        page_table_entry *entry = find_entry(mm, at);
        bool ready = entry != nullptr && entry->pg != nullptr && !needs_copy(*entry, write) &&
                     budget().page_faults == 0 && budget().bad_addresses == 0;
        if (ready) {
            copy(entry->pg->data + offset, piece);
        } else {
            // do_page_fault
            page *pg = nullptr;
            down_read(&mm->mmap_sem, where);
            int got = get_user_pages(this_task(), mm, at, 1, write, 0, &pg, nullptr, where);
            up_read(&mm->mmap_sem, where);
            if (got != 1)
                return bytes;
            copy(pg->data + offset, piece);
            put_page(pg, where);
        }
        at += piece;
        bytes -= piece;
    }
    return 0;
}

size_t copy_to_user(std::uintptr_t to, const void *from, size_t bytes, place where)
{
    sim::announce_access(from, bytes, false, where);
    auto in = static_cast<const std::byte *>(from);
    return copy_pieces(to, bytes, true, where, [&](std::byte *at, size_t piece) {
        std::memcpy(at, in, piece);
        in += piece;
    });
}

size_t copy_from_user(void *to, std::uintptr_t from, size_t bytes, place where)
{
    auto out = static_cast<std::byte *>(to);
    size_t left = copy_pieces(from, bytes, false, where, [&](const std::byte *at, size_t piece) {
        std::memcpy(out, at, piece);
        out += piece;
    });
    std::memset(out, 0, left);
    sim::wrote(to, bytes, where);
    return left;
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
