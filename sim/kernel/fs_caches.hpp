// MODELLED: fs/internal.h. Slab caches of the virtual file system, and what unmounting takes apart.
#pragma once

#include "sim/kernel/fs.hpp"
#include "sim/kernel/slab.hpp"

namespace kernel {

struct fs_cache_set {
    kmem_cache_t *dentries;
    kmem_cache_t *files;
    kmem_cache_t *mounts;
    kmem_cache_t *supers;
};

// The caches of the world; made by boot_fs.
const fs_cache_set &fs_caches();
void boot_fs();

// The cache of what keeps a mount in use: that of files if one is open on it, else, where a path does, that of mounts.
const kmem_cache_t &cache_of_user(unsigned mount_number);

// One more reference to an inode that is not being freed. No point: it belongs to the operation that has found the inode.
void __iget(inode *node, const place &where);

// shrink_dcache_for_umount: a dentry that is still in use is reported.
void drop_dentries(super_block *sb, const place &where);
// prune_dcache: frees the entries of an inode that nobody uses.
void prune_aliases(inode *node, const place &where);
// invalidate_inodes: frees the inodes that nobody holds.
void evict_unused(super_block *sb, const place &where);

} // namespace kernel
