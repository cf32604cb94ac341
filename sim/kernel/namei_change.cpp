// System calls that change names and attributes.
#include <array>
#include <cerrno>
#include <cstring>

#include "sim/kernel/fs_caches.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/namei.hpp"
#include "sim/kernel/path.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/run.hpp"

namespace kernel {

// vfs_unlink
static long unlink_entry(inode *dir, dentry *entry, const place &where)
{
    inode *node = entry->d_inode;
    if (dir->i_op->unlink == nullptr)
        return -EPERM;
    mutex_lock(&node->i_mutex, where);
    long err = dir->i_op->unlink(dir, entry);
    mutex_unlock(&node->i_mutex, where);
    if (err == 0)
        d_delete(entry, where);
    return err;
}

// do_unlinkat's reference, so that the inode goes after the directory's mutex.
static void hold_inode(inode *node, const place &where)
{
    sim::point_before_operation();
    __iget(node, where);
}

long sys_unlink(unsigned mount, const char *name)
{
    place where = place::here();
    return in_syscall("unlink", [&] {
        path walked = walk_to_parent(mount, name, where);
        inode *node = nullptr;
        if (walked.err == 0) {
            inode *dir = walked.parent->d_inode;
            mutex_lock(&dir->i_mutex, where);
            walked.err = lookup_hash(walked.parent, walked.last, &walked.entry, where);
            if (walked.err == 0 && walked.entry->d_inode == nullptr)
                walked.err = -ENOENT;
            if (walked.err == 0) {
                node = walked.entry->d_inode;
                hold_inode(node, where);
                walked.err = unlink_entry(dir, walked.entry, where);
            }
            dput(walked.entry, where);
            walked.entry = nullptr;
            mutex_unlock(&dir->i_mutex, where);
        }
        iput(node, where);
        leave(walked, where);
        return walked.err;
    });
}

// vfs_link
static long link_entry(dentry *old_entry, inode *dir, dentry *entry, const place &where)
{
    inode *node = old_entry->d_inode;
    if (entry->d_inode != nullptr)
        return -EEXIST;
    if (dir->i_op->link == nullptr || S_ISDIR(node->i_mode))
        return -EPERM;
    mutex_lock(&node->i_mutex, where);
    long err = dir->i_op->link(old_entry, dir, entry);
    mutex_unlock(&node->i_mutex, where);
    return err;
}

long sys_link(unsigned mount, const char *old_name, const char *new_name)
{
    place where = place::here();
    return in_syscall("link", [&] {
        path from = walk(mount, old_name, where);
        if (from.err != 0) {
            leave(from, where);
            return from.err;
        }
        path to = walk_to_parent(mount, new_name, where);
        if (to.err == 0) {
            inode *dir = to.parent->d_inode;
            mutex_lock(&dir->i_mutex, where);
            to.err = lookup_hash(to.parent, to.last, &to.entry, where);
            if (to.err == 0)
                to.err = link_entry(from.entry, dir, to.entry, where);
            mutex_unlock(&dir->i_mutex, where);
        }
        leave(to, where);
        leave(from, where);
        return to.err;
    });
}

static const sim::per_world<mutex> rename_mutex; // s_vfs_rename_mutex; one for all file systems, which no scenario sees

bool is_rename_mutex(const void *object)
{
    return object == &rename_mutex.get();
}

// Two directories are locked one after the other by one task at a time, the ancestor first.
static void lock_rename(dentry *from, dentry *to, const place &where)
{
    if (from == to) {
        mutex_lock(&from->d_inode->i_mutex, where);
        return;
    }
    mutex_lock(&rename_mutex.get(), where);
    bool to_is_above = from->d_parent == to;
    mutex_lock(&(to_is_above ? to : from)->d_inode->i_mutex, where);
    mutex_lock(&(to_is_above ? from : to)->d_inode->i_mutex, where);
}

static void unlock_rename(dentry *from, dentry *to, const place &where)
{
    mutex_unlock(&from->d_inode->i_mutex, where);
    if (from == to)
        return;
    mutex_unlock(&to->d_inode->i_mutex, where);
    mutex_unlock(&rename_mutex.get(), where);
}

// vfs_rename
static long rename_entry(const path &from, const path &to, const place &where)
{
    inode *old_dir = from.parent->d_inode;
    inode *target = to.entry->d_inode;
    if (from.entry->d_inode == target)
        return 0;
    if (old_dir->i_op->rename == nullptr)
        return -EPERM;
    if (target != nullptr)
        mutex_lock(&target->i_mutex, where);
    long err = old_dir->i_op->rename(old_dir, from.entry, to.parent->d_inode, to.entry);
    if (err == 0)
        d_move(from.entry, to.entry, where);
    if (target != nullptr)
        mutex_unlock(&target->i_mutex, where);
    return err;
}

static long rename_walked(path &from, path &to, const place &where)
{
    lock_rename(from.parent, to.parent, where);
    long err = lookup_hash(from.parent, from.last, &from.entry, where);
    if (err == 0 && from.entry->d_inode == nullptr)
        err = -ENOENT;
    if (err == 0)
        err = lookup_hash(to.parent, to.last, &to.entry, where);
    if (err == 0)
        err = rename_entry(from, to, where);
    unlock_rename(from.parent, to.parent, where);
    return err;
}

long sys_rename(unsigned mount, const char *old_name, const char *new_name)
{
    place where = place::here();
    return in_syscall("rename", [&] {
        path from = walk_to_parent(mount, old_name, where);
        path to{-ENOENT, nullptr, nullptr, nullptr, new_name};
        long err = from.err;
        if (err == 0) {
            to = walk_to_parent(mount, new_name, where);
            err = to.err;
        }
        if (err == 0 && from.mount != to.mount)
            err = -EXDEV; // another file system was mounted in the meantime
        if (err == 0)
            err = rename_walked(from, to, where);
        leave(to, where);
        leave(from, where);
        return err;
    });
}

long sys_setxattr(unsigned mount, const char *name, const char *attribute, const void *value, size_t bytes)
{
    place where = place::here();
    return in_syscall("setxattr", [&]() -> long {
        path walked = walk(mount, name, where);
        std::array<char, 32> kernel_name{};
        std::strncpy(kernel_name.data(), attribute, kernel_name.size() - 1);
        void *kernel_value = walked.err == 0 ? kmalloc(bytes, GFP_KERNEL, where) : nullptr;
        if (walked.err == 0 && kernel_value == nullptr)
            walked.err = -ENOMEM;
        if (walked.err == 0) {
            memcpy(kernel_value, value, bytes);
            inode *node = walked.entry->d_inode;
            mutex_lock(&node->i_mutex, where);
            bool known = node->i_op != nullptr && node->i_op->setxattr != nullptr;
            walked.err = known ? node->i_op->setxattr(walked.entry, kernel_name.data(), kernel_value, bytes, 0)
                               : -EOPNOTSUPP;
            mutex_unlock(&node->i_mutex, where);
        }
        kfree(kernel_value, where);
        leave(walked, where);
        return walked.err;
    });
}

} // namespace kernel
