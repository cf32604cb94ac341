// Directory entries.
#include <cerrno>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "sim/happens_before.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::name_of_object;

static bool is_root(const dentry *entry)
{
    return entry->d_parent == nullptr;
}

static void free_dentry(dentry *entry, const place &where)
{
    sim::acquire(&entry->d_count);
    inode *node = entry->d_inode;
    dentry *parent = entry->d_parent;
    list_del(&entry->d_sb_list);
    kmem_cache_free(fs_caches().dentries, entry, where);
    iput(node, where);
    // The root's count matters to nobody before the unmount, which has the file system to itself.
    if (parent != nullptr && is_root(parent))
        count_reference(&parent->d_count, -1);
    else
        dput(parent, where);
}

static dentry *find_unused(super_block *sb, const inode *of)
{
    for (list_head *at = sb->s_dentries.next; at != &sb->s_dentries; at = at->next) {
        sim::count_access();
        auto *entry = list_entry<&dentry::d_sb_list>(at);
        if (entry->d_count.counter == 0 && (of == nullptr || entry->d_inode == of))
            return entry;
    }
    return nullptr;
}

void prune_aliases(inode *node, const place &where)
{
    // Freeing an entry lets others run, so the search starts anew each time.
    while (dentry *alias = find_unused(node->i_sb, node))
        free_dentry(alias, where);
}

dentry *d_alloc(super_block *sb, dentry *parent, const char *name, place where)
{
    auto *entry = static_cast<dentry *>(kmem_cache_alloc(fs_caches().dentries, GFP_KERNEL, where));
    if (entry == nullptr)
        return nullptr;
    memset(entry, 0, sizeof *entry);
    entry->d_count.counter = 1;
    entry->d_parent = parent;
    if (parent != nullptr)
        count_reference(&parent->d_count); // the caller's own reference keeps it from reaching 0 meanwhile
    entry->d_sb = sb;
    std::strncpy(entry->d_name, name, sizeof entry->d_name - 1);
    list_add_tail(&entry->d_sb_list, &sb->s_dentries);
    return entry;
}

dentry *d_alloc_root(inode *root, place where)
{
    if (root == nullptr)
        return nullptr;
    dentry *entry = d_alloc(root->i_sb, nullptr, "/", where);
    if (entry != nullptr)
        entry->d_inode = root;
    return entry;
}

void d_add(dentry *entry, inode *node, place where)
{
    sim::announce_access(entry, sizeof *entry, true, where);
    entry->d_inode = node;
    entry->d_hashed = true;
    sim::release(&entry->d_count);
}

void d_instantiate(dentry *entry, inode *node, place where)
{
    sim::point_before_operation();
    entry->d_inode = node;
    emit(event_kind::mark, &entry->d_count, 1, where);
}

int d_invalidate(dentry *entry, place where)
{
    sim::point_before_operation();
    sim::announce(event_kind::mark, &entry->d_count, where);
    bool busy = entry->d_inode != nullptr && S_ISDIR(entry->d_inode->i_mode.peek()) && entry->d_count.counter > 1;
    if (!busy)
        entry->d_hashed = false;
    emit(event_kind::mark, &entry->d_count, busy, where);
    return busy ? -EBUSY : 0;
}

void d_delete(dentry *entry, place where)
{
    might_sleep(where);
    sim::point_before_operation();
    emit(event_kind::mark, &entry->d_count, 0, where);
    if (entry->d_count.counter > 1) {
        entry->d_hashed = false;
        return;
    }
    inode *node = entry->d_inode;
    entry->d_inode = nullptr;
    iput(node, where);
}

void d_move(dentry *entry, dentry *target, place where)
{
    sim::point_before_operation();
    std::swap(entry->d_name, target->d_name);
    std::swap(entry->d_parent, target->d_parent);
    entry->d_hashed = true;
    target->d_hashed = false;
    emit(event_kind::mark, &entry->d_count, 0, where);
}

dentry *dget(dentry *entry, place where)
{
    sim::point_before_operation();
    auto count = static_cast<std::uint64_t>(count_reference(&entry->d_count));
    emit(event_kind::ref_get, &entry->d_count, count, where);
    return entry;
}

void dput(dentry *entry, place where)
{
    if (entry == nullptr)
        return;
    might_sleep(where);
    sim::point_before_operation();
    int left = count_reference(&entry->d_count, -1);
    if (left < 0)
        rule_broken("reference_count", fmt::format("{} is put more often than it was taken", name_of_object(entry)),
                    where);
    emit(event_kind::ref_put, &entry->d_count, static_cast<std::uint64_t>(left), where);
    // What lookup has found stays cached until memory pressure or unmount.
    if (left == 0 && (!entry->d_hashed || entry->d_inode == nullptr))
        free_dentry(entry, where);
}

void drop_dentries(super_block *sb, const place &where)
{
    if (sb->s_root != nullptr) {
        dentry *root = sb->s_root;
        sb->s_root = nullptr;
        dput(root, where);
    }
    while (!list_empty(&sb->s_dentries)) {
        dentry *entry = find_unused(sb, nullptr);
        if (entry == nullptr) {
            rule_broken("busy_dentry", fmt::format("{} is in use at unmount", name_of_object(
                list_entry<&dentry::d_sb_list>(sb->s_dentries.next))), where);
            return;
        }
        free_dentry(entry, where);
    }
}

} // namespace kernel
