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
        unmap_entry(entry, where);
        entry.mapped = false;
    });
}

long sys_mprotect(std::uintptr_t start, unsigned pages, bool accessible)
{
    return for_entries("mprotect", start, pages, place::here(),
                       [accessible](page_table_entry &entry) { entry.mapped = accessible; });
}

long sys_mmap(std::uintptr_t start, unsigned pages)
{
    return for_entries("mmap", start, pages, place::here(), [](page_table_entry &entry) { entry.mapped = true; });
}

static void drop_file(void *of_mapping)
{
    fput(static_cast<file *>(of_mapping));
}

long sys_mmap_file(int fd, unsigned pages, std::uint64_t first)
{
    place where = place::here();
    return on_file("mmap", fd, where, [&](file *filp) -> long {
        if (filp->f_op->mmap == nullptr)
            return -ENODEV;
        mm_struct *mm = this_task()->mm;
        vm_area_struct area{0, nullptr};
        down_write(&mm->mmap_sem, where);
        int err = filp->f_op->mmap(filp, &area);
        long result = err;
        if (err == 0) {
            get_file(filp, where);
            result = static_cast<long>(map_file_pages(mm, pages, area.nopage, filp, drop_file));
            for (unsigned i = mm->pages - pages; i < mm->pages; ++i)
                mm->table[i].index += first;
        }
        up_write(&mm->mmap_sem, where);
        return result;
    });
}

long load_user_memory(void *to, std::uintptr_t from, size_t bytes)
{
    place where = place::here();
    return in_syscall("page fault", [&]() -> long { return copy_from_user(to, from, bytes, where) == 0 ? 0 : -EFAULT; },
                      where);
}

} // namespace kernel
