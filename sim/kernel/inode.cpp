// Inodes and dentries.
#include <cstring>

#include <fmt/format.h>

#include "sim/kernel/bug.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::name_of_object;

static inode *find_inode(super_block *sb, u64 ino)
{
    for (list_head *entry = sb->s_inodes.next; entry != &sb->s_inodes; entry = entry->next) {
        sim::count_access();
        auto *node = list_entry<&inode::i_sb_list>(entry);
        if (node->i_hashed && node->i_ino == ino)
            return node;
    }
    return nullptr;
}

static void wait_on_inode(inode *node, const place &where)
{
    wait_queue_t wait;
    init_waitqueue_entry(&wait, this_task());
    wait.flags = WQ_FLAG_AUTOREMOVE;
    list_add_tail(&wait.task_list, &node->i_wait.task_list);
    sleep_uninterruptible("inode", node, where);
}

static void wake_up_inode(inode *node)
{
    while (!list_empty(&node->i_wait.task_list)) {
        list_head *first = node->i_wait.task_list.next;
        list_del_init(first);
        wake_up_state(list_entry<&wait_queue_t::task_list>(first)->task, TASK_UNINTERRUPTIBLE);
    }
}

// The inode if it is in memory and stays there, with a reference.
static inode *ifind(super_block *sb, u64 ino, const place &where)
{
    for (;;) {
        sim::point_before_operation();
        inode *node = find_inode(sb, ino);
        if (node == nullptr)
            return nullptr;
        if ((node->i_state & I_FREEING) != 0) {
            wait_on_inode(node, where);
            continue;
        }
        ++node->i_count.counter;
        emit(event_kind::ref_get, &node->i_count, static_cast<std::uint64_t>(node->i_count.counter), where);
        while ((node->i_state & I_NEW) != 0)
            wait_on_inode(node, where);
        return node;
    }
}

static inode *insert_inode(super_block *sb, u64 ino, inode *node, const place &where)
{
    memset(node, 0, sizeof *node);
    node->i_count.counter = 1;
    node->i_ino = ino;
    node->i_sb = sb;
    node->i_state = I_NEW;
    node->i_hashed = true;
    mutex_init(&node->i_mutex);
    init_waitqueue_head(&node->i_wait);
    list_add_tail(&node->i_sb_list, &sb->s_inodes);
    emit(event_kind::ref_get, &node->i_count, 1, where);
    return node;
}

inode *iget_locked(super_block *sb, u64 ino, place where)
{
    if (inode *node = ifind(sb, ino, where))
        return node;
    inode *fresh = sb->s_op->alloc_inode(sb);
    if (fresh == nullptr)
        return nullptr;
    sim::point_before_operation();
    if (find_inode(sb, ino) == nullptr)
        return insert_inode(sb, ino, fresh, where);
    // Somebody else was faster.
    sb->s_op->destroy_inode(fresh);
    return iget_locked(sb, ino, where);
}

void unlock_new_inode(inode *node, place where)
{
    sim::point_before_operation();
    node->i_state &= ~I_NEW;
    emit(event_kind::mark, &node->i_count, 0, where);
    wake_up_inode(node);
}

// dispose_list and generic_delete_inode: nobody can find the inode any more.
static void delete_inode(inode *node, const place &where)
{
    super_block *sb = node->i_sb;
    if (sb->s_op->clear_inode != nullptr)
        sb->s_op->clear_inode(node);
    sim::point_before_operation();
    list_del(&node->i_sb_list);
    emit(event_kind::ref_last, &node->i_count, 0, where);
    wake_up_inode(node);
    sb->s_op->destroy_inode(node);
}

void iput(inode *node, place where)
{
    if (node == nullptr)
        return;
    might_sleep(where);
    sim::point_before_operation();
    if (node->i_count.counter <= 0)
        rule_broken("reference_count", fmt::format("{} is put more often than it was taken", name_of_object(node)),
                    where);
    --node->i_count.counter;
    emit(event_kind::ref_put, &node->i_count, static_cast<std::uint64_t>(node->i_count.counter), where);
    if (node->i_count.counter > 0 || (node->i_nlink.peek() != 0 && node->i_hashed && node->i_sb->s_active.peek()))
        return;
    node->i_state |= I_FREEING;
    delete_inode(node, where);
}

inode *igrab(inode *node, place where)
{
    sim::point_before_operation();
    if ((node->i_state & I_FREEING) != 0) {
        emit(event_kind::mark, &node->i_count, 0, where);
        return nullptr;
    }
    ++node->i_count.counter;
    emit(event_kind::ref_get, &node->i_count, static_cast<std::uint64_t>(node->i_count.counter), where);
    return node;
}

void make_bad_inode(inode *node)
{
    node->i_state |= I_BAD;
    node->i_hashed = false;
}

bool is_bad_inode(const inode *node)
{
    return (node->i_state & I_BAD) != 0;
}

static void free_dentry(dentry *entry, const place &where)
{
    inode *node = entry->d_inode;
    list_del(&entry->d_sb_list);
    kmem_cache_free(fs_caches().dentries, entry, where);
    iput(node, where);
}

static dentry *find_unused_alias(inode *node)
{
    list_head *head = &node->i_sb->s_dentries;
    for (list_head *at = head->next; at != head; at = at->next) {
        sim::count_access();
        auto *entry = list_entry<&dentry::d_sb_list>(at);
        if (entry->d_inode == node && entry->d_count.counter == 0)
            return entry;
    }
    return nullptr;
}

bool prune_inode(inode *node, place where)
{
    // prune_dcache: freeing an alias lets others run, so the search starts anew each time.
    while (dentry *alias = find_unused_alias(node))
        free_dentry(alias, where);
    // prune_icache
    sim::point_before_operation();
    --node->i_count.counter;
    emit(event_kind::ref_put, &node->i_count, static_cast<std::uint64_t>(node->i_count.counter), where);
    if (node->i_count.counter > 0)
        return false;
    node->i_state |= I_FREEING;
    delete_inode(node, where);
    return true;
}

dentry *d_alloc(super_block *sb, dentry *parent, const char *name, place where)
{
    auto *entry = static_cast<dentry *>(kmem_cache_alloc(fs_caches().dentries, GFP_KERNEL, where));
    if (entry == nullptr)
        return nullptr;
    memset(entry, 0, sizeof *entry);
    entry->d_count.counter = 1;
    entry->d_parent = parent;
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

void d_add(dentry *entry, inode *node)
{
    entry->d_inode = node;
    entry->d_hashed = true;
}

dentry *dget(dentry *entry, place where)
{
    sim::point_before_operation();
    ++entry->d_count.counter;
    emit(event_kind::ref_get, &entry->d_count, static_cast<std::uint64_t>(entry->d_count.counter), where);
    return entry;
}

void dput(dentry *entry, place where)
{
    if (entry == nullptr)
        return;
    sim::point_before_operation();
    if (entry->d_count.counter <= 0)
        rule_broken("reference_count", fmt::format("{} is put more often than it was taken", name_of_object(entry)),
                    where);
    --entry->d_count.counter;
    emit(event_kind::ref_put, &entry->d_count, static_cast<std::uint64_t>(entry->d_count.counter), where);
    // What lookup has found stays cached until memory pressure or unmount.
    if (entry->d_count.counter == 0 && (!entry->d_hashed || entry->d_inode == nullptr))
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
        sim::count_access();
        auto *entry = list_entry<&dentry::d_sb_list>(sb->s_dentries.next);
        if (entry->d_count.counter != 0)
            rule_broken("busy_dentry", fmt::format("{} is in use at unmount", name_of_object(entry)), where);
        free_dentry(entry, where);
    }
}

void evict_unused(super_block *sb, const place &where)
{
    // invalidate_inodes: under the inode lock the unused ones go to a list of their own; then they are disposed of.
    list_head disposed;
    INIT_LIST_HEAD(&disposed);
    sim::point_before_operation();
    list_head *next = nullptr;
    for (list_head *at = sb->s_inodes.next; at != &sb->s_inodes; at = next) {
        sim::count_access();
        next = at->next;
        auto *node = list_entry<&inode::i_sb_list>(at);
        if (node->i_count.counter != 0 || (node->i_state & I_FREEING) != 0)
            continue;
        node->i_state |= I_FREEING;
        list_move_tail(at, &disposed);
    }
    while (!list_empty(&disposed))
        delete_inode(list_entry<&inode::i_sb_list>(disposed.next), where);
}

} // namespace kernel
