// Inodes.
#include <cstring>

#include <fmt/format.h>

#include "sim/happens_before.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/fs_caches.hpp"
#include "sim/kernel/pagemap.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/lock_order.hpp"
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
        sim::announce_access(sb, sizeof *sb, false, where);
        inode *node = find_inode(sb, ino);
        if (node == nullptr)
            return nullptr;
        if ((node->i_state & I_FREEING) != 0) {
            wait_on_inode(node, where);
            continue;
        }
        __iget(node, where);
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
    node->i_data.host = node;
    INIT_LIST_HEAD(&node->i_data.pages);
    init_waitqueue_head(&node->i_wait);
    list_add_tail(&node->i_sb_list, &sb->s_inodes);
    emit(event_kind::ref_get, &node->i_count, 1, where);
    return node;
}

void __iget(inode *node, const place &where)
{
    emit(event_kind::ref_get, &node->i_count, static_cast<std::uint64_t>(count_reference(&node->i_count)), where);
}

inode *iget_locked(super_block *sb, u64 ino, place where)
{
    might_sleep(where);
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
    sim::acquire(&node->i_count);
    super_block *sb = node->i_sb;
    // Nobody else can reach the inode, so its pages are locked by reads under way alone, whose ends wait for no lock.
    sim::leave_out_of_order(true);
    truncate_inode_pages(&node->i_data, where);
    sim::leave_out_of_order(false);
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
    int left = count_reference(&node->i_count, -1);
    if (left < 0)
        rule_broken("reference_count", fmt::format("{} is put more often than it was taken", name_of_object(node)),
                    where);
    emit(event_kind::ref_put, &node->i_count, static_cast<std::uint64_t>(left), where);
    if (left > 0 || (node->i_nlink.peek() != 0 && node->i_hashed && node->i_sb->s_active.peek()))
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
    __iget(node, where);
    return node;
}

void make_bad_inode(inode *node, place where)
{
    sim::announce_access(&node->i_state, sizeof node->i_state, true, where);
    node->i_state |= I_BAD;
    node->i_hashed = false;
}

bool is_bad_inode(const inode *node, place where)
{
    bool bad = (node->i_state & I_BAD) != 0;
    if (bad)
        sim::announce_access(&node->i_state, sizeof node->i_state, false, where);
    return bad;
}

bool prune_inode(inode *node, place where)
{
    prune_aliases(node, where);
    // prune_icache: an inode whose pages do not go stays.
    if (node->i_data.nrpages > 0)
        invalidate_inode_pages(&node->i_data, where);
    sim::point_before_operation();
    int left = count_reference(&node->i_count, -1);
    emit(event_kind::ref_put, &node->i_count, static_cast<std::uint64_t>(left), where);
    if (left > 0 || node->i_data.nrpages > 0)
        return false;
    node->i_state |= I_FREEING;
    delete_inode(node, where);
    return true;
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
