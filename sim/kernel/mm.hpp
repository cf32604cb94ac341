// MODELLED: linux/mm.h, linux/highmem.h, linux/pagemap.h. Pages, address spaces whose pages may fault, atomic kmaps.
#pragma once

#include <cstdint>

#include "sim/kernel/atomic.hpp"
#include "sim/kernel/rwsem.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/wait.hpp"
#include "sim/world.hpp"

namespace kernel {

// The simulated machine's page size, a parameter of the world.
struct page_size_parameter {
    [[gnu::always_inline]] operator unsigned long() const { return sim::the_world().page_size; }
};
inline constexpr page_size_parameter PAGE_SIZE;
[[gnu::always_inline]] inline unsigned long operator-(page_size_parameter size, unsigned long offset)
{
    return static_cast<unsigned long>(size) - offset;
}

struct address_space;

struct page {
    atomic_t count;
    alignas(8) std::uint32_t flags; // PG_...
    std::uint32_t mapcount; // page table entries that lead to a page of a file
    std::uint16_t locker;   // task index + 1 that locked it
    bool live;              // the frame is allocated
    std::uint64_t index;    // in its mapping, in pages
    address_space *mapping; // the page cache that it is in; null: in none, or no longer
    list_head lru;          // of its mapping's pages, or of a walk that is about to add it
    wait_queue_head_t wait;
    std::byte *data; // PAGE_SIZE bytes
    page *next;      // frame of the machine
};
inline constexpr std::uint32_t PG_locked = 1;
inline constexpr std::uint32_t PG_uptodate = 2;
inline constexpr std::uint32_t PG_dirty = 4;
inline constexpr std::uint32_t PG_error = 8;

// Null when the allocation fails.
page *alloc_page(gfp_t flags, place where = place::here());
// Free frames for later, as reserve_objects().
void reserve_frames(unsigned count);
void get_page(page *pg, place where = place::here());
void put_page(page *pg, place where = place::here());
void lock_page(page *pg, place where = place::here()); // sleeps
// Locks a page that nobody else can reach, as part of an operation of the caller's.
void lock_new_page(page *pg, const place &where);
bool TestSetPageLocked(page *pg, place where = place::here());
void unlock_page(page *pg, place where = place::here());
// Sleeps while it is locked, without taking the lock.
void wait_on_page_locked(page *pg, place where = place::here());
void SetPageUptodate(page *pg, place where = place::here());
bool PageUptodate(const page *pg, place where = place::here());
void ClearPageUptodate(page *pg, place where = place::here());
void SetPageError(page *pg, place where = place::here());
void clear_page_dirty(page *pg, place where = place::here());
// Takes the page's lock around the change, so it sleeps.
int set_page_dirty_lock(page *pg, place where = place::here());
// Whether a page frame is allocated, for the check for leaks.
bool any_page_in_use();
// The number of the frame that this page describes, -1 if it is no page.
int frame_number(const page *pg);
// The page whose data the address lies in, null if it lies in none.
const page *find_frame(const void *address);
void flush_dcache_page(page *pg);

enum km_type : unsigned { KM_USER0, KM_USER1 };
// No sleep until kunmap_atomic; one mapping a slot. Broken rules are reported.
void *kmap_atomic(page *pg, km_type slot, place where = place::here());
// Any address within the mapping of that slot.
void kunmap_atomic(void *address, km_type slot, place where = place::here());

// Resolves an access to a page of a file mapping: returns the page with a reference, locked and unlocked as the file
// system wills, or null for a bus error. Sleeps with mmap_sem held for reading.
using fault_handler = page *(*)(void *file_of_mapping, std::uint64_t index);

inline constexpr unsigned mapping_pages_max = 256;

// A mapping of a file is private: who writes to a page gets a copy of it.
struct page_table_entry {
    page *pg;           // null: not present
    bool mapped;        // false: a bad address
    fault_handler fill; // null: anonymous memory
    void *file;
    std::uint64_t index;
    void (*drop)(void *file); // of the first entry of a mapping that holds its file; else null
};

// A process's memory: pages from user_base upwards.
inline std::uintptr_t user_base()
{
    return 0x10000 / PAGE_SIZE * PAGE_SIZE;
}

struct mm_struct {
    rw_semaphore mmap_sem;
    atomic_t users; // tasks
    alignas(8) std::uint32_t pages; // in use of table
    std::uint32_t table_entries;
    page_table_entry *table;
};

// As the kernel's, for start in the current task's mm. Called with mmap_sem held for reading. Returns the number of
// pages, each with a reference, or -EFAULT. Which accesses fault or are bad is chosen while the budget lasts.
int get_user_pages(task_struct *task, mm_struct *mm, unsigned long start, int len, int write, int force, page **pages,
                   void **vmas, place where = place::here());

// The kernel's accesses to user memory of the current task, which may fault; then mmap_sem is taken for reading. Return
// how many bytes could not be copied; what the kernel did not get is zero.
size_t copy_to_user(std::uintptr_t to, const void *from, size_t bytes, place where = place::here());
size_t copy_from_user(void *to, std::uintptr_t from, size_t bytes, place where = place::here());

// User space's own side: memory of a process, and its accesses, which neither fault nor count as the kernel's.
mm_struct *make_mm();
// Maps so many fresh anonymous pages; returns the user address of the first.
std::uintptr_t map_user_pages(mm_struct *mm, unsigned count);
std::uintptr_t map_file_pages(mm_struct *mm, unsigned count, fault_handler fill, void *file,
                              void (*drop)(void *file) = nullptr);
// Takes page and file from an entry.
void unmap_entry(page_table_entry &entry, place where = place::here());
void unmap_all(mm_struct *mm);
void copy_from_user_space(void *to, const mm_struct *mm, std::uintptr_t from, size_t bytes);
void copy_to_user_space(mm_struct *mm, std::uintptr_t to, const void *from, size_t bytes);

} // namespace kernel
