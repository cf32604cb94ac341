// The page cache.
#include "sim/kernel/pagemap.hpp"

#include <bit>
#include <cerrno>

#include "sim/kernel/budget.hpp"
#include "sim/run.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;

static page *page_of(list_head *entry)
{
    return list_entry<&page::lru>(entry);
}

// The page with the lowest index from `from` on, null if there is none.
static page *first_page(address_space *mapping, u64 from)
{
    page *best = nullptr;
    for (list_head *at = mapping->pages.next; at != &mapping->pages; at = at->next) {
        sim::count_access();
        page *pg = page_of(at);
        if (pg->index >= from && (best == nullptr || pg->index < best->index))
            best = pg;
    }
    return best;
}

static page *find_page(address_space *mapping, u64 index)
{
    page *found = first_page(mapping, index);
    return found != nullptr && found->index == index ? found : nullptr;
}

static page *with_reference(page *pg, const place &where)
{
    if (pg == nullptr)
        return nullptr;
    emit(event_kind::page_get, pg, static_cast<std::uint64_t>(count_reference(&pg->count)), where);
    return pg;
}

page *find_get_page(address_space *mapping, u64 index, const place &where)
{
    sim::point_before_operation();
    return with_reference(find_page(mapping, index), where);
}

page *find_lock_page(address_space *mapping, u64 index, const place &where)
{
    might_sleep(where);
    for (;;) {
        page *pg = find_get_page(mapping, index, where);
        if (pg == nullptr)
            return nullptr;
        lock_page(pg, where);
        if (pg->mapping == mapping)
            return pg;
        // It was taken out while we waited for its lock.
        unlock_page(pg, where);
        put_page(pg, where);
    }
}

int add_to_page_cache(page *pg, address_space *mapping, u64 index, const place &where)
{
    // radix_tree_preload
    if (disturb(sim::choice_kind::allocation, budget().failed_allocations)) {
        emit(event_kind::alloc_failed, nullptr, 0, where);
        return -ENOMEM;
    }
    sim::point_before_operation();
    sim::announce_access(mapping, sizeof *mapping, true, where);
    if (find_page(mapping, index) != nullptr)
        return -EEXIST;
    pg->mapping = mapping;
    pg->index = index;
    ++mapping->nrpages;
    list_add_tail(&pg->lru, &mapping->pages);
    lock_new_page(pg, where);
    with_reference(pg, where);
    return 0;
}

// remove_from_page_cache, and the cache's reference. The caller holds the page's lock.
static void remove_page(page *pg, const place &where)
{
    ClearPageUptodate(pg, where);
    sim::point_before_operation();
    --pg->mapping->nrpages;
    pg->mapping = nullptr;
    list_del_init(&pg->lru);
    emit(event_kind::mark, pg, 0, where);
    put_page(pg, where);
}

void truncate_inode_pages(address_space *mapping, const place &where)
{
    might_sleep(where);
    if (mapping->nrpages == 0)
        return;
    for (;;) {
        sim::point_before_operation();
        page *pg = with_reference(first_page(mapping, 0), where);
        if (pg == nullptr)
            return;
        lock_page(pg, where);
        if (pg->mapping == mapping)
            remove_page(pg, where);
        unlock_page(pg, where);
        put_page(pg, where);
    }
}

void invalidate_inode_pages(address_space *mapping, place where)
{
    might_sleep(where);
    for (u64 next = 0;;) {
        sim::point_before_operation();
        sim::announce_access(mapping, sizeof *mapping, false, where);
        page *pg = with_reference(first_page(mapping, next), where);
        if (pg == nullptr)
            return;
        next = pg->index + 1;
        if (!TestSetPageLocked(pg, where)) {
            if (pg->mapping == mapping && (pg->flags & PG_dirty) == 0 && pg->mapcount == 0)
                remove_page(pg, where);
            unlock_page(pg, where);
        }
        put_page(pg, where);
    }
}

static void release_pages(list_head *pages, const place &where)
{
    while (!list_empty(pages)) {
        page *victim = page_of(pages->next);
        list_del_init(&victim->lru);
        put_page(victim, where);
    }
}

int read_cache_pages(address_space *mapping, list_head *pages, int (*filler)(void *data, page *pg), void *data,
                     place where)
{
    while (!list_empty(pages)) {
        page *pg = page_of(pages->next);
        list_del_init(&pg->lru);
        if (add_to_page_cache(pg, mapping, pg->index, where) != 0) {
            put_page(pg, where);
            continue;
        }
        int err = filler(data, pg);
        put_page(pg, where); // the page vector's, which the walk has filled
        if (err == 0)
            continue;
        release_pages(pages, where);
        return err;
    }
    return 0;
}

static u64 pages_of_file(const inode *host)
{
    return (i_size_read(host) + PAGE_CACHE_SIZE - 1) / PAGE_CACHE_SIZE;
}

// get_init_ra_size: what is read ahead when a file is read from its beginning.
static unsigned long first_window(unsigned long wanted, unsigned long most)
{
    unsigned long size = std::bit_ceil(wanted);
    if (size <= most / 64)
        size *= size;
    else
        size = size <= most / 4 ? most / 4 : most;
    return size;
}

// One window, for a read from the beginning a larger one than it asks for. No window follows an earlier one.
void page_cache_readahead(address_space *mapping, file *filp, u64 first, unsigned long count, const place &where)
{
    if (mapping->backing_dev_info == nullptr || mapping->a_ops->readpages == nullptr)
        return;
    unsigned long most = mapping->backing_dev_info->ra_pages;
    unsigned long window = first == 0 && most > 0 ? first_window(count, most) : count;
    u64 end = min<u64>(first + min(window, most), pages_of_file(mapping->host));
    list_head pool;
    INIT_LIST_HEAD(&pool);
    unsigned wanted = 0;
    for (u64 index = first; index < end; ++index) {
        sim::point_before_operation();
        if (find_page(mapping, index) != nullptr)
            continue;
        page *pg = alloc_page(GFP_KERNEL, where);
        if (pg == nullptr)
            break;
        pg->index = index;
        list_add_tail(&pg->lru, &pool);
        ++wanted;
    }
    if (wanted > 0)
        mapping->a_ops->readpages(filp, mapping, &pool, wanted);
    // read_pages: what the file system has left in the list.
    release_pages(&pool, where);
}

} // namespace kernel
