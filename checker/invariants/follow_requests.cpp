// Transitions of requests and the owners of their references.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "checker/invariants/calls.hpp"
#include "checker/invariants/contract.hpp"
#include "checker/invariants/following.hpp"
#include "checker/invariants/names.hpp"
#include "checker/invariants/transitions.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/world.hpp"

namespace interfuse {

const request_ghost *find_request(const void *address)
{
    return find_changing_request(address);
}

static bool is_request(const void *object)
{
    ghost_state &g = changing_ghost();
    if (g.request_cache == nullptr) {
        kernel::slab_address slab = kernel::find_slab_object(object);
        if (slab.cache == nullptr || std::strcmp(slab.cache->name, "fuse_request") != 0)
            return false;
        g.request_cache = slab.cache;
    }
    for (unsigned i = 0; i < g.request_cache->object_count; ++i)
        if (g.request_cache->object(i) == object)
            return true;
    return false;
}

static void touch(const request_ghost &r)
{
    changing_ghost().touched |= slot_bit(slot_of(r));
}

static request_ghost unowned(const fuse::fuse_req *req)
{
    request_ghost r{};
    r.req = req;
    r.connection = r.creator = r.requester = r.owner = r.copier = nobody;
    return r;
}

void follow_birth(const void *object)
{
    if (!is_request(object))
        return;
    ghost_state &g = changing_ghost();
    unsigned slot = 0;
    while (slot < g.requests_high && g.requests[slot].req != nullptr)
        ++slot;
    sim::require(slot < ghost_requests_max, "more requests are allocated than the ghost state has room for");
    g.requests_high = std::max(g.requests_high, slot + 1);
    g.requests[slot] = unowned(static_cast<const fuse::fuse_req *>(object));
}

void follow_death(const sim::event &what)
{
    ghost_state &g = changing_ghost();
    for (unsigned i = 0; i < g.requests_high; ++i) {
        request_ghost &r = g.requests[i];
        if (r.req != what.object)
            continue;
        if (r.connection != nobody)
            g.connections[r.connection].others =
                static_cast<std::uint8_t>(g.connections[r.connection].others - r.tokens);
        g.counters_touched = true;
        g.touched &= ~slot_bit(i);
        g.locked &= ~slot_bit(i);
        r = {};
    }
    for (connection_ghost &c : changing_connections())
        if (c.fc == what.object)
            c = {};
}

// fuse_request_init: a request as new, with one reference of the task that made it. What was taken from the semaphore
// for it stays taken.
static void initialised(request_ghost &r, const sim::event &what)
{
    if (r.state != fuse::FUSE_REQ_INIT && r.state != fuse::FUSE_REQ_FINISHED && r.owned != 0)
        violated("transition", fmt::format("{} is initialised in state {}", name_of_request(*r.req), name_of(r.state)),
                 what);
    request_ghost fresh = unowned(r.req);
    fresh.creator = static_cast<std::uint8_t>(sim::current_task());
    fresh.owned = 1;
    fresh.used = true;
    fresh.tokens = r.tokens;
    fresh.connection = r.connection;
    r = fresh;
    changing_ghost().locked &= ~slot_bit(slot_of(r));
    for (connection_ghost &c : changing_connections())
        c.now.interrupted &= ~slot_bit(slot_of(r));
}

static void taken(request_ghost &r)
{
    unsigned self = sim::current_task();
    // The requester's own reference was counted when the request was queued.
    if (r.requester == self)
        return;
    ++r.borrowed[self];
    ++r.owned;
}

static void dropped(request_ghost &r, const sim::event &what)
{
    unsigned self = sim::current_task();
    bool leaves = r.requester == self || (r.creator == self && r.req->isreply);
    if (r.borrowed[self] == 0 && leaves)
        follow_requester_leaving(r, what);
    if (r.borrowed[self] > 0)
        --r.borrowed[self];
    else if (r.requester == self)
        r.requester = nobody;
    // A request that lies ready for later, such as an inode's FORGET, is dropped by the task that comes to send it.
    else if (r.creator != nobody)
        r.creator = nobody;
    else if (r.transport > 0)
        --r.transport;
    else
        violated("reference_owner", fmt::format("{} drops a reference to {} that it does not own",
                                                sim::the_world().tasks[self].name, name_of_request(*r.req)), what);
    --r.owned;
    follow_init(r, true);
}

void follow_count(request_ghost &r, const sim::event &what)
{
    touch(r);
    if (what.kind == sim::event_kind::atomic_set)
        initialised(r, what);
    else if (what.kind == sim::event_kind::atomic_inc)
        taken(r);
    else
        dropped(r, what);
}

static void queued(request_ghost &r)
{
    auto self = static_cast<std::uint8_t>(sim::current_task());
    r.transport = 1;
    r.creator = nobody;
    bool awaited = r.req->isreply && !r.req->background;
    r.requester = awaited ? self : nobody;
    r.owned = awaited ? 2 : 1;
    r.owner = awaited ? self : nobody;
    r.owner_left = false;
    if (awaited)
        changing_ghost().awaited_by[self] |= slot_bit(slot_of(r));
    r.ends = 0;
}

void follow_state(request_ghost &r, const sim::event &what)
{
    auto next = static_cast<fuse::fuse_req_state>(what.value);
    touch(r);
    if (!may_change(r, next))
        violated("transition", fmt::format("{} goes from {} to {}", name_of_request(*r.req), name_of(r.state),
                                           name_of(next)), what);
    if (r.state == fuse::FUSE_REQ_INIT || next == fuse::FUSE_REQ_PENDING)
        follow_sending(r);
    follow_copier(r, next, what);
    if (next == fuse::FUSE_REQ_FINISHED)
        r.copier_ends = is_being_copied(*r.req) && !r.copier_ends;
    if (next == fuse::FUSE_REQ_READING)
        r.copier = static_cast<std::uint8_t>(sim::current_task());
    else if (!r.copier_ends)
        r.copier = nobody;
    r.state = next;
    if (next == fuse::FUSE_REQ_PENDING) {
        queued(r);
        judge_sending(r, what);
    }
}

void follow_owner_leaving()
{
    ghost_state &g = changing_ghost();
    unsigned self = sim::current_task();
    slot_mask awaited = g.awaited_by[self];
    if (awaited == 0)
        return;
    g.awaited_by[self] = 0;
    for (slot_mask left = awaited; left != 0; left &= left - 1) {
        request_ghost &r = g.requests[static_cast<unsigned>(std::countr_zero(left))];
        r.owner_left = r.owner_left || r.owner == self;
    }
    if ((awaited & g.locked) != 0)
        g.copying_touched = true;
}

void follow_end_call(request_ghost &r, const sim::event &what)
{
    if (++r.ends > 1)
        violated("end_once", fmt::format("the end of {} is called twice", name_of_request(*r.req)), what);
    if (r.req->locked.peek() != 0)
        violated("end_after_copy", fmt::format("{} calls the end of {} while it is locked for copying",
                                               sim::the_world().tasks[sim::current_task()].name,
                                               name_of_request(*r.req)), what);
    follow_init(r, false);
}

} // namespace interfuse
