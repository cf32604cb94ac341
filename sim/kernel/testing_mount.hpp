// MODELLED: a file system for tests: it notes which of its operations are called.
#pragma once

#include "sim/kernel/err.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/kernel/testing_tasks.hpp"

namespace kernel {

// a: alloc_inode, c: clear_inode, d: destroy_inode, p: put_super, u: umount_begin, r: release, f: flush, o: open,
// l: lookup, x: unlink, n: create, m: rename, k: link, t: setxattr, y: fsync. Names in capitals are folders; a name that
// begins with '-' does not exist, one with '+' cannot be revalidated.
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
    .fsync =
        [](file *, dentry *, int) {
            calls->write('y');
            return 0;
        },
};

inline inode *get_inode(super_block *sb, u64 ino);

// What a test saw under the locks of an operation.
struct held_locks {
    bool folder, other_folder, node;
};
inline const sim::per_world<held_locks> held;

inline bool is_held(const mutex &lock)
{
    return lock.holder == sim::current_task() + 1;
}

inline constexpr dentry_operations noting_entry = {
    .d_revalidate = [](dentry *entry) { return entry->d_name[0] == '+' ? 0 : 1; },
};

inline constexpr inode_operations noting_folder = {
    .lookup =
        [](inode *dir, dentry *entry) {
            calls->write('l');
            entry->d_op = &noting_entry;
            d_add(entry, entry->d_name[0] == '-' ? nullptr : get_inode(dir->i_sb, static_cast<u64>(entry->d_name[0])));
            return 0;
        },
    .create =
        [](inode *dir, dentry *entry, int, nameidata *nd) {
            calls->write('n');
            held.get() = {is_held(dir->i_mutex), false, false};
            d_instantiate(entry, get_inode(dir->i_sb, static_cast<u64>(entry->d_name[1])));
            file *opened = lookup_instantiate_filp(nd, entry, generic_file_open);
            return IS_ERR(opened) ? static_cast<int>(PTR_ERR(opened)) : 0;
        },
    .unlink =
        [](inode *dir, dentry *entry) {
            calls->write('x');
            held.get() = {is_held(dir->i_mutex), false, is_held(entry->d_inode->i_mutex)};
            entry->d_inode->i_nlink = 0;
            return 0;
        },
    .link =
        [](dentry *old_entry, inode *dir, dentry *entry) {
            calls->write('k');
            held.get() = {is_held(dir->i_mutex), false, is_held(old_entry->d_inode->i_mutex)};
            d_instantiate(entry, igrab(old_entry->d_inode));
            return 0;
        },
    .rename =
        [](inode *old_dir, dentry *, inode *new_dir, dentry *new_entry) {
            calls->write('m');
            held.get() = {is_held(old_dir->i_mutex), is_held(new_dir->i_mutex),
                          new_entry->d_inode != nullptr && is_held(new_entry->d_inode->i_mutex)};
            return 0;
        },
    .setxattr =
        [](dentry *entry, const char *, const void *value, size_t bytes, int) {
            calls->write('t');
            held.get() = {false, false, is_held(entry->d_inode->i_mutex)};
            return static_cast<const char *>(value)[bytes - 1] == 'v' ? 0 : -EIO;
        },
};

// The inode of that number, made if it is not in memory.
inline inode *get_inode(super_block *sb, u64 ino)
{
    inode *node = iget_locked(sb, ino);
    if ((node->i_state & I_NEW) != 0) {
        bool is_folder = ino == 1 || (ino >= 'A' && ino <= 'Z');
        node->i_nlink = 1;
        node->i_mode = is_folder ? S_IFDIR : S_IFREG;
        node->i_fop = &noting_file;
        node->i_op = &noting_folder;
        unlock_new_inode(node);
    }
    return node;
}

inline super_block *make_super()
{
    super_block *sb = alloc_super();
    sb->s_op = &noting_super;
    inode *root = get_inode(sb, 1);
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
