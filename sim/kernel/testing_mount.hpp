// MODELLED: a file system for tests: it notes which of its operations are called.
#pragma once

#include "sim/kernel/fs.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {

// a: alloc_inode, c: clear_inode, d: destroy_inode, p: put_super, u: umount_begin, r: release, f: flush, o: open,
// l: lookup, x: unlink.
inline const sim::per_world<letters> calls;

inline constexpr super_operations noting_super = {
    .alloc_inode = [](super_block *) -> inode * {
        calls->write('a');
        return static_cast<inode *>(kmalloc(sizeof(inode), GFP_KERNEL));
    },
    .destroy_inode =
        [](inode *node) {
            calls->write('d');
            kfree(node);
        },
    .clear_inode = [](inode *) { calls->write('c'); },
    .put_super = [](super_block *) { calls->write('p'); },
    .umount_begin = [](super_block *) { calls->write('u'); },
};

inline constexpr file_operations noting_file = {
    .open =
        [](inode *, file *) {
            calls->write('o');
            return 0;
        },
    .flush =
        [](file *) {
            calls->write('f');
            return 0;
        },
    .release =
        [](inode *, file *) {
            calls->write('r');
            return 0;
        },
};

// The inode of that number, made if it is not in memory.
inline inode *get_inode(super_block *sb, u64 ino)
{
    inode *node = iget_locked(sb, ino);
    if ((node->i_state & I_NEW) != 0) {
        node->i_nlink = 1;
        node->i_fop = &noting_file;
        unlock_new_inode(node);
    }
    return node;
}

inline constexpr inode_operations noting_folder = {
    .lookup =
        [](inode *dir, dentry *entry) {
            calls->write('l');
            d_add(entry, entry->d_name[0] == '-' ? nullptr : get_inode(dir->i_sb, static_cast<u64>(entry->d_name[0])));
            return 0;
        },
    .unlink =
        [](inode *, dentry *entry) {
            calls->write('x');
            entry->d_inode->i_nlink = 0;
            entry->d_hashed = false;
            return 0;
        },
};

inline super_block *make_super()
{
    super_block *sb = alloc_super();
    sb->s_op = &noting_super;
    inode *root = get_inode(sb, 1);
    root->i_op = &noting_folder;
    sb->s_root = d_alloc_root(root);
    sb->s_active = true;
    return sb;
}

// Mounts a new super block; its number in the mount table.
inline unsigned mount_one()
{
    return attach_mnt(make_vfsmount(make_super()));
}

inline std::string calls_made()
{
    return calls->text();
}

} // namespace kernel
