// Path walks.
#include "sim/kernel/path.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>

#include "sim/fault.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/run.hpp"

namespace kernel {

dentry *find_cached(const dentry *parent, const char *name)
{
    super_block *sb = parent->d_sb;
    for (list_head *at = sb->s_dentries.next; at != &sb->s_dentries; at = at->next) {
        sim::count_access();
        auto *entry = list_entry<&dentry::d_sb_list>(at);
        if (entry->d_hashed && entry->d_inode != nullptr && entry->d_parent == parent &&
            std::string_view(entry->d_name) == name)
            return entry;
    }
    return nullptr;
}

// d_lookup: a cached entry with a reference.
static dentry *get_cached(dentry *parent, const char *name, const place &where)
{
    sim::point_before_operation();
    dentry *entry = find_cached(parent, name);
    if (entry == nullptr)
        return nullptr;
    auto count = static_cast<std::uint64_t>(count_reference(&entry->d_count));
    sim::emit(sim::event_kind::ref_get, &entry->d_count, count, where);
    return entry;
}

// do_revalidate: the entry if it is still good, or too busy to be dropped; else null and its reference is gone.
static dentry *revalidated(dentry *entry, const place &where)
{
    if (entry->d_op == nullptr || entry->d_op->d_revalidate == nullptr || entry->d_op->d_revalidate(entry) != 0)
        return entry;
    if (d_invalidate(entry, where) != 0)
        return entry;
    dput(entry, where);
    return nullptr;
}

// Asks the file system for a name that is not cached.
static long look_up(dentry *parent, const char *name, dentry **found, const place &where)
{
    inode *dir = parent->d_inode;
    dentry *entry = d_alloc(parent->d_sb, parent, name, where);
    if (entry == nullptr)
        return -ENOMEM;
    long err = dir->i_op->lookup(dir, entry);
    if (err != 0) {
        dput(entry, where);
        return err;
    }
    *found = entry;
    return 0;
}

long lookup_hash(dentry *parent, const char *name, dentry **found, const place &where)
{
    dentry *cached = get_cached(parent, name, where);
    if (cached != nullptr)
        cached = revalidated(cached, where);
    if (cached == nullptr)
        return look_up(parent, name, found, where);
    *found = cached;
    return 0;
}

static long real_lookup(dentry *parent, const char *name, dentry **found, const place &where)
{
    inode *dir = parent->d_inode;
    mutex_lock(&dir->i_mutex, where);
    if (dentry *filled_in = get_cached(parent, name, where)) {
        // The cache was filled while we waited for the mutex.
        mutex_unlock(&dir->i_mutex, where);
        *found = revalidated(filled_in, where);
        return *found != nullptr ? 0 : -ENOENT;
    }
    long err = look_up(parent, name, found, where);
    mutex_unlock(&dir->i_mutex, where);
    return err;
}

// do_lookup, and what link_path_walk makes of a negative entry.
static long do_lookup(dentry *parent, const char *name, dentry **found, const place &where)
{
    if (dentry *cached = get_cached(parent, name, where))
        *found = revalidated(cached, where);
    long err = *found != nullptr ? 0 : real_lookup(parent, name, found, where);
    if (err != 0 || (*found)->d_inode != nullptr)
        return err;
    dput(*found, where);
    *found = nullptr;
    return -ENOENT;
}

path walk_to_parent(unsigned number, const char *name, const place &where)
{
    path result{-ENOENT, lookup_mnt(number, where), nullptr, nullptr, name};
    if (result.mount == nullptr)
        return result;
    result.err = 0;
    dentry *root = result.mount->mnt_root;
    result.parent = root;
    const char *slash = std::strchr(name, '/');
    if (slash == nullptr)
        return result;
    std::array<char, sizeof(dentry::d_name)> first{};
    sim::require(slash < name + first.size(), "an actor uses a name that is longer than a dentry's");
    std::memcpy(first.data(), name, static_cast<size_t>(slash - name));
    result.last = slash + 1;
    dentry *folder = nullptr;
    result.err = do_lookup(root, first.data(), &folder, where);
    if (result.err == 0)
        result.parent = folder;
    if (result.err == 0 && !S_ISDIR(folder->d_inode->i_mode))
        result.err = -ENOTDIR;
    return result;
}

path walk(unsigned number, const char *name, const place &where)
{
    if (std::string_view(name) == "/") {
        path root{-ENOENT, lookup_mnt(number, where), nullptr, nullptr, name};
        if (root.mount == nullptr)
            return root;
        root.parent = root.mount->mnt_root;
        root.entry = dget(root.parent, where);
        root.err = 0;
        return root;
    }
    path result = walk_to_parent(number, name, where);
    if (result.err == 0)
        result.err = do_lookup(result.parent, result.last, &result.entry, where);
    return result;
}

void leave(const path &walked, const place &where)
{
    dput(walked.entry, where);
    if (walked.mount != nullptr && walked.parent != walked.mount->mnt_root)
        dput(walked.parent, where);
    mntput(walked.mount, where);
}

} // namespace kernel
