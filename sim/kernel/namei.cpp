// Path walks of one component.
#include "sim/kernel/namei.hpp"

#include <cerrno>
#include <string_view>

#include "sim/kernel/syscall.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/run.hpp"

namespace kernel {

// The result of a walk: references to a mount and, without an error, to a dentry.
struct walked {
    long err;
    vfsmount *mount;
    dentry *entry;
};

static dentry *find_cached(super_block *sb, const char *name)
{
    for (list_head *at = sb->s_dentries.next; at != &sb->s_dentries; at = at->next) {
        sim::count_access();
        auto *entry = list_entry<&dentry::d_sb_list>(at);
        if (entry->d_hashed && entry->d_inode != nullptr && std::string_view(entry->d_name) == name)
            return entry;
    }
    return nullptr;
}

// d_lookup: a cached entry with a reference.
static dentry *get_cached(super_block *sb, const char *name, const place &where)
{
    sim::point_before_operation();
    dentry *entry = find_cached(sb, name);
    if (entry == nullptr)
        return nullptr;
    ++entry->d_count.counter;
    sim::emit(sim::event_kind::ref_get, &entry->d_count, static_cast<std::uint64_t>(entry->d_count.counter), where);
    return entry;
}

// do_revalidate: the entry if it is still good, else null and its reference is gone.
static dentry *revalidated(dentry *entry, const place &where)
{
    if (entry->d_op == nullptr || entry->d_op->d_revalidate == nullptr || entry->d_op->d_revalidate(entry) != 0)
        return entry;
    // d_invalidate
    entry->d_hashed = false;
    dput(entry, where);
    return nullptr;
}

static long real_lookup(vfsmount *mount, const char *name, dentry **found, const place &where)
{
    inode *dir = mount->mnt_root->d_inode;
    mutex_lock(&dir->i_mutex, where);
    if (dentry *filled_in = get_cached(mount->mnt_sb, name, where)) {
        // The cache was filled while we waited for the mutex.
        mutex_unlock(&dir->i_mutex, where);
        *found = revalidated(filled_in, where);
        return *found != nullptr ? 0 : -ENOENT;
    }
    dentry *entry = d_alloc(mount->mnt_sb, mount->mnt_root, name, where);
    long err = entry == nullptr ? -ENOMEM : dir->i_op->lookup(dir, entry);
    mutex_unlock(&dir->i_mutex, where);
    if (err == 0 && entry->d_inode == nullptr)
        err = -ENOENT;
    if (err != 0) {
        dput(entry, where);
        return err;
    }
    *found = entry;
    return 0;
}

static walked walk(unsigned number, const char *name, const place &where)
{
    walked result{-ENOENT, lookup_mnt(number, where), nullptr};
    if (result.mount == nullptr)
        return result;
    if (dentry *cached = get_cached(result.mount->mnt_sb, name, where))
        result.entry = revalidated(cached, where);
    result.err = result.entry != nullptr ? 0 : real_lookup(result.mount, name, &result.entry, where);
    return result;
}

static void leave(const walked &path, const place &where)
{
    dput(path.entry, where);
    mntput(path.mount, where);
}

long sys_stat(unsigned mount, const char *name)
{
    place where = place::here();
    return in_syscall("stat", [&] {
        walked path = walk(mount, name, where);
        leave(path, where);
        return path.err;
    });
}

long sys_stat_root(unsigned number)
{
    place where = place::here();
    return in_syscall("stat", [&]() -> long {
        vfsmount *mount = lookup_mnt(number, where);
        if (mount == nullptr)
            return -ENOENT;
        inode *root = mount->mnt_root->d_inode;
        long err = root->i_op->getattr(root);
        mntput(mount, where);
        return err;
    });
}

// dentry_open: the file takes over the references of the walk.
static long open_walked(const walked &path, const place &where)
{
    file *filp = alloc_file(path.entry->d_inode->i_fop, path.entry, path.mount, where);
    if (filp == nullptr) {
        leave(path, where);
        return -ENFILE;
    }
    long err = filp->f_op->open != nullptr ? filp->f_op->open(filp->f_inode, filp) : 0;
    if (err != 0) {
        put_filp(filp, where);
        return err;
    }
    return install_fd(this_task()->files, filp);
}

long sys_open(unsigned mount, const char *name)
{
    place where = place::here();
    return in_syscall("open", [&] {
        walked path = walk(mount, name, where);
        if (path.err != 0) {
            leave(path, where);
            return path.err;
        }
        return open_walked(path, where);
    });
}

static long unlink_walked(const walked &path, const place &where)
{
    inode *dir = path.mount->mnt_root->d_inode;
    inode *node = path.entry->d_inode;
    mutex_lock(&dir->i_mutex, where);
    mutex_lock(&node->i_mutex, where);
    long err = dir->i_op->unlink(dir, path.entry);
    mutex_unlock(&node->i_mutex, where);
    mutex_unlock(&dir->i_mutex, where);
    return err;
}

long sys_unlink(unsigned mount, const char *name)
{
    place where = place::here();
    return in_syscall("unlink", [&] {
        walked path = walk(mount, name, where);
        if (path.err == 0)
            path.err = unlink_walked(path, where);
        leave(path, where);
        return path.err;
    });
}

long shrink_name(unsigned number, const char *name)
{
    place where = place::here();
    return in_syscall("memory pressure", [&]() -> long {
        vfsmount *mount = lookup_mnt(number, where);
        if (mount == nullptr)
            return 0;
        sim::point_before_operation();
        dentry *entry = find_cached(mount->mnt_sb, name);
        inode *node = entry != nullptr ? entry->d_inode : nullptr;
        if (node != nullptr)
            ++node->i_count.counter;
        bool freed = node != nullptr && prune_inode(node, where);
        mntput(mount, where);
        return freed ? 1 : 0;
    });
}

} // namespace kernel
