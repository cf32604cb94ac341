// Changing a process's memory.
#include "sim/kernel/mmap.hpp"

#include "sim/fault.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/kernel/this_task.hpp"

namespace kernel {

static page_table_entry &entry_of(mm_struct *mm, std::uintptr_t start, unsigned page)
{
    std::uint64_t index = (start - user_base()) / PAGE_SIZE + page;
    sim::require(start >= user_base() && index < mm->pages, "an actor maps what was never memory of its process");
    return mm->table[index];
}

static long for_entries(const char *name, std::uintptr_t start, unsigned pages, const place &where, auto change)
{
    return in_syscall(name, [&]() -> long {
        mm_struct *mm = this_task()->mm;
        down_write(&mm->mmap_sem, where);
        for (unsigned i = 0; i < pages; ++i)
            change(entry_of(mm, start, i));
        up_write(&mm->mmap_sem, where);
        return 0;
    }, where);
}

long sys_munmap(std::uintptr_t start, unsigned pages)
{
    place where = place::here();
    return for_entries("munmap", start, pages, where, [&](page_table_entry &entry) {
        if (entry.pg != nullptr)
            put_page(entry.pg, where);
        entry.pg = nullptr;
        entry.mapped = false;
    });
}

long sys_mmap(std::uintptr_t start, unsigned pages)
{
    return for_entries("mmap", start, pages, place::here(), [](page_table_entry &entry) { entry.mapped = true; });
}

} // namespace kernel
