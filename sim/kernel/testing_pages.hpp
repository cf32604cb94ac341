// MODELLED: a file of four pages on a file system for tests, whose byte at each offset is known.
#pragma once

#include <cerrno>

#include "sim/kernel/budget.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/filemap.hpp"
#include "sim/kernel/mmap.hpp"
#include "sim/kernel/testing_mount.hpp"

namespace kernel {

struct paged_file {
    inode *node;
    file_operations ops;
    address_space_operations pages;
    backing_dev_info device;
    bool fails; // to read
    unsigned reads, writes;
    files_struct *files;
    mm_struct *mm;
    std::uintptr_t buffer; // user memory of four pages
    long first, second;
    critical_section section;
};
inline const sim::per_world<paged_file> testing_file;

inline std::byte byte_at(u64 offset)
{
    return static_cast<std::byte>(offset % 251);
}

inline void fill(page *pg)
{
    for (u64 i = 0; i < PAGE_SIZE; ++i)
        pg->data[i] = byte_at(pg->index * PAGE_SIZE + i);
}

inline int read_testing_page(file *, page *pg)
{
    paged_file &all = testing_file;
    BUG_ON(pg->mapping == nullptr);
    ++all.reads;
    if (!all.fails) {
        fill(pg);
        SetPageUptodate(pg);
    }
    unlock_page(pg);
    return all.fails ? -EIO : 0;
}

// The file that descriptor 0 of the world's process leads to; its inode is held.
inline void open_testing_file(unsigned long readahead)
{
    boot_fs();
    paged_file &all = testing_file;
    super_block *sb = make_super();
    all.node = get_inode(sb, 'b');
    all.pages.readpage = read_testing_page;
    all.pages.prepare_write = [](file *, page *, unsigned, unsigned) { return 0; };
    all.pages.commit_write = [](file *, page *, unsigned, unsigned) {
        ++testing_file->writes;
        return 0;
    };
    all.ops = noting_file;
    all.ops.read = generic_file_read;
    all.ops.write = generic_file_write;
    all.ops.mmap = generic_file_mmap;
    all.device.ra_pages = readahead;
    all.node->i_data.a_ops = &all.pages;
    all.node->i_data.backing_dev_info = &all.device;
    all.node->i_size = 4 * PAGE_SIZE;
    all.files = make_files();
    install_fd(all.files, alloc_file(&all.ops, nullptr, nullptr));
    all.files->fd[0]->f_inode = igrab(all.node);
    all.mm = make_mm();
    all.buffer = map_user_pages(all.mm, 4);
}

inline bool buffer_holds(u64 from, size_t bytes)
{
    paged_file &all = testing_file;
    for (u64 i = 0; i < bytes; ++i) {
        std::byte got{};
        copy_from_user_space(&got, all.mm, all.buffer + i, 1);
        if (got != byte_at(from + i))
            return false;
    }
    return true;
}

template <typename Body> void spawn_user(const char *name, Body body)
{
    spawn(name, body, testing_file->mm, testing_file->files);
}

} // namespace kernel
