// Files by way of the page cache.
#include "sim/kernel/filemap.hpp"

#include <cerrno>

#include "sim/lock_order.hpp"
#include "sim/run.hpp"

namespace kernel {

// A page that is locked or not up to date is waited for and read. 0 with the page up to date and a reference to it;
// -EAGAIN when it was taken out of the cache meanwhile; both errors drop the reference.
static int make_uptodate(file *filp, address_space *mapping, page *pg, const place &where)
{
    if (PageUptodate(pg, where))
        return 0;
    lock_page(pg, where);
    if (pg->mapping == nullptr || PageUptodate(pg, where)) {
        int err = pg->mapping == nullptr ? -EAGAIN : 0;
        unlock_page(pg, where);
        if (err != 0)
            put_page(pg, where);
        return err;
    }
    int err = mapping->a_ops->readpage(filp, pg);
    if (err == 0 && !PageUptodate(pg, where)) {
        lock_page(pg, where);
        if (!PageUptodate(pg, where))
            err = pg->mapping == nullptr ? -EAGAIN : -EIO;
        unlock_page(pg, where);
    }
    if (err != 0)
        put_page(pg, where);
    return err;
}

// A page that is not in the cache: added, locked, and read. As make_uptodate.
static int read_new_page(file *filp, address_space *mapping, u64 index, page **result, const place &where)
{
    page *pg = alloc_page(GFP_KERNEL, where);
    if (pg == nullptr)
        return -ENOMEM;
    int err = add_to_page_cache(pg, mapping, index, where);
    if (err != 0) {
        put_page(pg, where);
        return err == -EEXIST ? -EAGAIN : err;
    }
    err = mapping->a_ops->readpage(filp, pg);
    if (err == 0 && !PageUptodate(pg, where)) {
        lock_page(pg, where);
        if (!PageUptodate(pg, where))
            err = pg->mapping == nullptr ? -EAGAIN : -EIO;
        unlock_page(pg, where);
    }
    if (err != 0)
        put_page(pg, where);
    *result = pg;
    return err;
}

// do_generic_mapping_read, for one page.
static int get_uptodate_page(file *filp, address_space *mapping, u64 index, page **result, const place &where)
{
    for (;;) {
        int err;
        page *pg = find_get_page(mapping, index, where);
        if (pg != nullptr)
            err = make_uptodate(filp, mapping, pg, where);
        else
            err = read_new_page(filp, mapping, index, &pg, where);
        *result = pg;
        if (err != -EAGAIN)
            return err;
    }
}

ssize_t generic_file_read(file *filp, char *buffer, size_t bytes, loff_t *position)
{
    place where = place::here();
    address_space *mapping = &filp->f_inode->i_data;
    auto to = reinterpret_cast<std::uintptr_t>(buffer);
    auto from = static_cast<u64>(*position);
    if (bytes == 0)
        return 0;
    u64 first = from / PAGE_CACHE_SIZE;
    page_cache_readahead(mapping, filp, first, (from + bytes - 1) / PAGE_CACHE_SIZE - first + 1, where);
    size_t done = 0;
    int err = 0;
    while (done < bytes && from + done < i_size_read(mapping->host)) {
        page *pg = nullptr;
        err = get_uptodate_page(filp, mapping, (from + done) / PAGE_CACHE_SIZE, &pg, where);
        if (err != 0)
            break;
        u64 size = i_size_read(mapping->host);
        u64 offset = (from + done) % PAGE_CACHE_SIZE;
        size_t piece = min<u64>(PAGE_CACHE_SIZE - offset, bytes - done);
        piece = min<u64>(piece, size - min<u64>(size, from + done));
        size_t left = copy_to_user(to + done, pg->data + offset, piece, where);
        put_page(pg, where);
        done += piece - left;
        if (left > 0)
            err = -EFAULT;
        if (left > 0 || piece == 0)
            break;
    }
    *position += static_cast<loff_t>(done);
    return done > 0 ? static_cast<ssize_t>(done) : err;
}

// __grab_cache_page: the page of the cache, made if it is not there, locked and with a reference.
static page *grab_cache_page(address_space *mapping, u64 index, const place &where)
{
    for (;;) {
        if (page *found = find_lock_page(mapping, index, where))
            return found;
        page *fresh = alloc_page(GFP_KERNEL, where);
        if (fresh == nullptr)
            return nullptr;
        int err = add_to_page_cache(fresh, mapping, index, where);
        if (err == 0)
            return fresh;
        put_page(fresh, where);
        if (err != -EEXIST)
            return nullptr;
    }
}

// One page of generic_file_buffered_write. The bytes that were taken over, or an error.
static ssize_t write_piece(file *filp, std::uintptr_t from, size_t bytes, u64 at, const place &where)
{
    address_space *mapping = &filp->f_inode->i_data;
    auto offset = static_cast<unsigned>(at % PAGE_CACHE_SIZE);
    auto end = offset + static_cast<unsigned>(bytes);
    // fault_in_pages_readable: the source may be the page that is about to be locked.
    std::byte first_byte{};
    copy_from_user(&first_byte, from, 1, where);
    page *pg = grab_cache_page(mapping, at / PAGE_CACHE_SIZE, where);
    if (pg == nullptr)
        return -ENOMEM;
    ssize_t err = mapping->a_ops->prepare_write(filp, pg, offset, end);
    size_t left = 0;
    if (err == 0) {
        // Linux 2.6.17 may fault here, and take mmap_sem, with the page locked: against its own order, which later kernels
        // keep. The fault before makes it rare, and no file system can help it.
        sim::leave_out_of_order(true);
        left = copy_from_user(pg->data + offset, from, bytes, where);
        sim::leave_out_of_order(false);
        err = mapping->a_ops->commit_write(filp, pg, offset, end);
    }
    if (err == 0 && left > 0)
        err = -EFAULT;
    unlock_page(pg, where);
    put_page(pg, where);
    return err < 0 ? err : static_cast<ssize_t>(bytes);
}

ssize_t generic_file_write(file *filp, const char *buffer, size_t bytes, loff_t *position)
{
    place where = place::here();
    inode *host = filp->f_inode;
    auto from = reinterpret_cast<std::uintptr_t>(buffer);
    auto at = static_cast<u64>(*position);
    size_t done = 0;
    ssize_t err = 0;
    mutex_lock(&host->i_mutex, where);
    while (done < bytes && err >= 0) {
        size_t piece = min<u64>(PAGE_CACHE_SIZE - (at + done) % PAGE_CACHE_SIZE, bytes - done);
        err = write_piece(filp, from + done, piece, at + done, where);
        if (err > 0)
            done += static_cast<size_t>(err);
    }
    mutex_unlock(&host->i_mutex, where);
    *position += static_cast<loff_t>(done);
    return done > 0 ? static_cast<ssize_t>(done) : err;
}

// filemap_nopage: reads the page in if need be, with mmap_sem held. A page that cannot be read is tried twice.
static page *filemap_nopage(void *of_mapping, u64 index)
{
    place where = place::here();
    auto *filp = static_cast<file *>(of_mapping);
    address_space *mapping = &filp->f_inode->i_data;
    for (int attempt = 0; attempt < 2; ++attempt) {
        if (index * PAGE_CACHE_SIZE >= i_size_read(mapping->host))
            return nullptr;
        page *pg = nullptr;
        int err = get_uptodate_page(filp, mapping, index, &pg, where);
        if (err == 0)
            return pg;
        if (err == -ENOMEM)
            return nullptr;
    }
    return nullptr;
}

int generic_file_mmap(file *, vm_area_struct *area)
{
    area->nopage = filemap_nopage;
    return 0;
}

} // namespace kernel
