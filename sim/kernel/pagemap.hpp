// MODELLED: linux/pagemap.h, mm/truncate.c, mm/readahead.c. The page cache. What the tree's lock covers there is one
// operation here.
#pragma once

#include "sim/kernel/fs.hpp"

namespace kernel {

inline constexpr page_size_parameter PAGE_CACHE_SIZE;

[[gnu::always_inline]] inline loff_t page_offset(const page *pg)
{
    return static_cast<loff_t>(pg->index * PAGE_CACHE_SIZE);
}

// Both return a page with a reference, or null. The second locks it too, and finds it in the cache still.
page *find_get_page(address_space *mapping, u64 index, const place &where);
page *find_lock_page(address_space *mapping, u64 index, const place &where);
// Adds a page, locked and with a reference of the cache. -EEXIST when there is one at that place, -ENOMEM.
int add_to_page_cache(page *pg, address_space *mapping, u64 index, const place &where);

// Takes all pages out of the cache, waiting for their locks.
void truncate_inode_pages(address_space *mapping, const place &where);
// Takes those out that are neither locked nor dirty nor mapped; does not sleep for them.
void invalidate_inode_pages(address_space *mapping, place where = place::here());

// Adds the pages of a list (by lru, with their index) to the cache and hands them to the filler, locked. A page that
// cannot be added is released and left out. An error of the filler ends the walk and releases the rest.
int read_cache_pages(address_space *mapping, list_head *pages, int (*filler)(void *data, page *pg), void *data,
                     place where = place::here());

// Asks for the pages [first, first + count) that are not in the cache, as many of them as the device wants read ahead
// and the file has.
void page_cache_readahead(address_space *mapping, file *filp, u64 first, unsigned long count, const place &where);

} // namespace kernel
