// Page frames and atomic kmaps.
#include "sim/kernel/mm.hpp"

#include <cstring>

#include <fmt/format.h>

#include "sim/fault.hpp"
#include "sim/kernel/budget.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/object_name.hpp"
#include "sim/races.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::name_of_object;

static constexpr unsigned frames_max = 800;

struct frame_state {
    page *first, *last; // by next, in the order in which they came to be
    std::uint32_t count;
};
static const sim::per_world<frame_state> memory;

static page *make_frame(frame_state &all)
{
    sim::require(all.count < frames_max, "the simulated machine's page frames are used up");
    auto *fresh = static_cast<page *>(sim::allocate(sizeof(page)));
    fresh->data = static_cast<std::byte *>(sim::allocate(PAGE_SIZE));
    // Who may touch it depends on who has mapped it: each access is judged.
    sim::mark_closed(fresh->data, PAGE_SIZE);
    (all.last != nullptr ? all.last->next : all.first) = fresh;
    all.last = fresh;
    ++all.count;
    return fresh;
}

// The first free frame, so that equal sets of pages are equal memory.
static page *take_frame(frame_state &all)
{
    page *pg = all.first;
    while (pg != nullptr && pg->live)
        pg = pg->next;
    return pg != nullptr ? pg : make_frame(all);
}

page *alloc_page(gfp_t, place where)
{
    might_sleep(where);
    sim::point_before_operation();
    if (disturb(sim::choice_kind::allocation, budget().failed_allocations)) {
        emit(event_kind::alloc_failed, nullptr, 0, where);
        return nullptr;
    }
    page *pg = take_frame(memory.get());
    sim::begin_life(pg, sizeof *pg);
    sim::begin_life(pg->data, PAGE_SIZE);
    std::byte *data = pg->data;
    page *next = pg->next;
    *pg = {};
    pg->data = data;
    pg->next = next;
    pg->live = true;
    pg->count.counter = 1;
    INIT_LIST_HEAD(&pg->lru);
    init_waitqueue_head(&pg->wait);
    std::memset(data, POISON_INUSE, PAGE_SIZE);
    emit(event_kind::alloc, pg, 0, where);
    return pg;
}

void reserve_frames(unsigned count)
{
    for (unsigned i = 0; i < count; ++i)
        std::memset(make_frame(memory.get())->data, POISON_FREE, PAGE_SIZE);
}

// `references`: how many there were before.
static void require_live(const page *pg, int references, const char *what, const place &where)
{
    if (references <= 0)
        rule_broken("page_after_free", fmt::format("{} is {} after its last reference was put", name_of_object(pg),
                                                   what), where);
}

void get_page(page *pg, place where)
{
    sim::point_before_operation();
    int count = count_reference(&pg->count);
    require_live(pg, count - 1, "taken", where);
    emit(event_kind::page_get, pg, static_cast<std::uint64_t>(count), where);
}

static void free_frame(page *pg, const place &where)
{
    sim::end_life(pg->data, PAGE_SIZE, where);
    // Equal sets of pages are equal memory, whatever the free ones were used for.
    std::byte *data = pg->data;
    page *next = pg->next;
    *pg = {};
    pg->data = data;
    pg->next = next;
    std::memset(data, POISON_FREE, PAGE_SIZE);
}

void put_page(page *pg, place where)
{
    sim::point_before_operation();
    int left = count_reference(&pg->count, -1);
    require_live(pg, left + 1, "put", where);
    emit(event_kind::page_put, pg, static_cast<std::uint64_t>(left), where);
    if (left > 0)
        return;
    if ((pg->flags & PG_locked) != 0)
        rule_broken("page_freed_locked", fmt::format("{} is freed while it is locked", name_of_object(pg)), where);
    free_frame(pg, where);
}

static void take_page_lock(page *pg, const place &where)
{
    pg->flags |= PG_locked;
    pg->locker = static_cast<std::uint16_t>(sim::current_task() + 1);
    emit(event_kind::page_lock, pg, 0, where);
}

void lock_new_page(page *pg, const place &where)
{
    take_page_lock(pg, where);
}

void lock_page(page *pg, place where)
{
    might_sleep(where);
    sim::point_before_operation();
    if ((pg->flags & PG_locked) != 0) {
        wait_queue_t wait;
        init_waitqueue_entry(&wait, this_task());
        wait.flags = WQ_FLAG_EXCLUSIVE;
        list_add_tail(&wait.task_list, &pg->wait.task_list);
        while ((pg->flags & PG_locked) != 0)
            sleep_uninterruptible("page lock", pg, where);
        list_del(&wait.task_list);
    }
    take_page_lock(pg, where);
}

bool TestSetPageLocked(page *pg, place where)
{
    sim::point_before_operation();
    bool was = (pg->flags & PG_locked) != 0;
    if (!was)
        take_page_lock(pg, where);
    return was;
}

void unlock_page(page *pg, place where)
{
    sim::point_before_operation();
    if ((pg->flags & PG_locked) == 0)
        rule_broken("unbalanced_unlock", fmt::format("{} is unlocked but not locked", name_of_object(pg)), where);
    pg->flags &= ~PG_locked;
    pg->locker = 0;
    emit(event_kind::page_unlock, pg, 0, where);
    // wake_up_page: all who wait for the end of the lock, and one who wants it.
    for (list_head *at = pg->wait.task_list.next; at != &pg->wait.task_list; at = at->next) {
        auto *wait = list_entry<&wait_queue_t::task_list>(at);
        bool woken = wake_up_state(wait->task, TASK_UNINTERRUPTIBLE);
        if (woken && (wait->flags & WQ_FLAG_EXCLUSIVE) != 0)
            break;
    }
}

void wait_on_page_locked(page *pg, place where)
{
    might_sleep(where);
    sim::point_before_operation();
    emit(event_kind::load, pg, pg->flags & PG_locked, where);
    if ((pg->flags & PG_locked) == 0)
        return;
    wait_queue_t wait;
    init_waitqueue_entry(&wait, this_task());
    list_add(&wait.task_list, &pg->wait.task_list);
    while ((pg->flags & PG_locked) != 0)
        sleep_uninterruptible("page lock", pg, where);
    list_del(&wait.task_list);
}

static void set_flag(page *pg, std::uint32_t flag, const place &where)
{
    sim::point_before_operation();
    require_live(pg, pg->count.counter, "marked", where);
    pg->flags |= flag;
    emit(event_kind::page_dirty, pg, flag, where);
}

void SetPageUptodate(page *pg, place where)
{
    set_flag(pg, PG_uptodate, where);
}

bool PageUptodate(const page *pg, place where)
{
    sim::point_before_operation();
    emit(event_kind::load, pg, pg->flags & PG_uptodate, where);
    return (pg->flags & PG_uptodate) != 0;
}

static void clear_flag(page *pg, std::uint32_t flag, const place &where)
{
    sim::point_before_operation();
    require_live(pg, pg->count.counter, "marked", where);
    pg->flags &= ~flag;
    emit(event_kind::page_dirty, pg, 0, where);
}

void ClearPageUptodate(page *pg, place where)
{
    clear_flag(pg, PG_uptodate, where);
}

void SetPageError(page *pg, place where)
{
    set_flag(pg, PG_error, where);
}

void clear_page_dirty(page *pg, place where)
{
    clear_flag(pg, PG_dirty, where);
}

int set_page_dirty_lock(page *pg, place where)
{
    lock_page(pg, where);
    set_flag(pg, PG_dirty, where);
    unlock_page(pg, where);
    return 0;
}

void flush_dcache_page(page *)
{
    // x86 keeps its caches coherent.
}

void *kmap_atomic(page *pg, km_type slot, place where)
{
    sim::fine_point();
    task_struct *self = this_task();
    require_live(pg, pg->count.counter, "mapped", where);
    if (self->kmap[slot] != nullptr)
        rule_broken("kmap_slot_in_use", fmt::format("{} maps {} into an atomic kmap slot that holds {}",
                                                    name_of_object(self), name_of_object(pg),
                                                    name_of_object(self->kmap[slot])), where);
    self->kmap[slot] = pg;
    ++self->preempt_count;
    emit(event_kind::kmap, pg, slot, where);
    return pg->data;
}

void kunmap_atomic(void *address, km_type slot, place where)
{
    sim::fine_point();
    task_struct *self = this_task();
    page *pg = self->kmap[slot];
    auto at = static_cast<std::byte *>(address);
    if (pg == nullptr || at < pg->data || at > pg->data + PAGE_SIZE)
        rule_broken("unbalanced_kunmap", fmt::format("{} unmaps an address that its slot does not map",
                                                     name_of_object(self)), where);
    self->kmap[slot] = nullptr;
    --self->preempt_count;
    emit(event_kind::kunmap, pg, slot, where);
}

int frame_number(const page *pg)
{
    int number = 0;
    for (const page *at = memory->first; at != nullptr; at = at->next, ++number)
        if (at == pg)
            return number;
    return -1;
}

const page *find_frame(const void *address)
{
    auto wanted = static_cast<const std::byte *>(address);
    for (const page *at = memory->first; at != nullptr; at = at->next)
        if (wanted >= at->data && wanted < at->data + PAGE_SIZE)
            return at;
    return nullptr;
}

bool any_page_in_use()
{
    for (const page *at = memory->first; at != nullptr; at = at->next)
        if (at->live)
            return true;
    return false;
}

} // namespace kernel
