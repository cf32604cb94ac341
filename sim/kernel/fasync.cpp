// Asynchronous notification.
#include "sim/kernel/fasync.hpp"

#include "sim/kernel/fs.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/run.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;

static fasync_struct **find_entry(fasync_struct **list, const file *filp, const place &where)
{
    if (*list != nullptr)
        sim::announce(event_kind::fasync, list, where);
    while (*list != nullptr && (*list)->fa_file != filp) {
        sim::count_access();
        list = &(*list)->fa_next;
    }
    return list;
}

static int remove_entry(file *filp, fasync_struct **list, const place &where)
{
    sim::point_before_operation();
    fasync_struct **at = find_entry(list, filp, where);
    fasync_struct *found = *at;
    if (found != nullptr)
        *at = found->fa_next;
    emit(event_kind::fasync, list, 0, where);
    kfree(found, where);
    return found != nullptr ? 1 : 0;
}

int fasync_helper(int, file *filp, int on, fasync_struct **list, place where)
{
    might_sleep(where);
    if (on == 0)
        return remove_entry(filp, list, where);
    auto *entry = static_cast<fasync_struct *>(kmalloc(sizeof(fasync_struct), GFP_KERNEL, where));
    if (entry == nullptr)
        return -ENOMEM;
    sim::point_before_operation();
    bool is_new = *find_entry(list, filp, where) == nullptr;
    if (is_new) {
        *entry = {*list, filp};
        *list = entry;
    }
    emit(event_kind::fasync, list, 1, where);
    if (!is_new)
        kfree(entry, where);
    return is_new ? 1 : 0;
}

void kill_fasync(fasync_struct **list, int sig, int, place where)
{
    sim::point_before_operation();
    emit(event_kind::fasync, list, 2, where);
    for (fasync_struct *entry = *list; entry != nullptr; entry = entry->fa_next) {
        sim::count_access();
        sim::announce(event_kind::fasync, entry->fa_file, where); // a file that was freed without leaving the list
        if (entry->fa_file->f_owner != nullptr)
            raise_sig(sig, entry->fa_file->f_owner, where);
    }
}

} // namespace kernel
