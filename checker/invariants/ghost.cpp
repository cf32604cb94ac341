// Following events: transitions of requests and the owners of their references.
#include "checker/invariants/ghost.hpp"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "checker/invariants/invariant.hpp"
#include "checker/invariants/names.hpp"
#include "checker/invariants/transitions.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

using sim::the_run;

const sim::per_world<ghost_state> the_ghost;

// Where the last event happened: where a violation is found.
sim::place last_place;

[[noreturn]] void violated(const char *invariant, std::string message, const sim::event &at)
{
    sim::report({sim::verdict_kind::violation, invariant, std::move(message), at.where});
}

bool contains(const fuse::fuse_req *req, const void *address)
{
    auto offset = reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(req);
    return offset < sizeof(fuse::fuse_req);
}

request_ghost *find(const void *address)
{
    ghost_state &g = the_ghost.get();
    for (unsigned i = 0; i < g.requests_high; ++i)
        if (g.requests[i].req != nullptr && contains(g.requests[i].req, address))
            return &g.requests[i];
    return nullptr;
}

void born(const void *object)
{
    kernel::slab_address slab = kernel::find_slab_object(object);
    if (slab.cache == nullptr || std::strcmp(slab.cache->name, "fuse_request") != 0)
        return;
    ghost_state &g = the_ghost.get();
    unsigned slot = 0;
    while (slot < g.requests_high && g.requests[slot].req != nullptr)
        ++slot;
    sim::require(slot < ghost_requests_max, "more requests are allocated than the ghost state has room for");
    g.requests_high = std::max(g.requests_high, slot + 1);
    g.requests[slot] = {};
    g.requests[slot].req = static_cast<const fuse::fuse_req *>(object);
    g.requests[slot].creator = nobody;
    g.requests[slot].requester = nobody;
    g.requests[slot].owner = nobody;
    g.requests[slot].copier = nobody;
}

void died(const sim::event &what)
{
    ghost_state &g = the_ghost.get();
    for (unsigned i = 0; i < g.requests_high; ++i)
        if (g.requests[i].req == what.object)
            g.requests[i] = {};
    for (const fuse::fuse_conn *&fc : g.connections)
        if (fc == what.object)
            fc = nullptr;
}

// fuse_request_init: a request as new, with one reference of the task that made it.
void initialised(request_ghost &r, const sim::event &what)
{
    unsigned self = sim::current_task();
    if (r.state != fuse::FUSE_REQ_INIT && r.state != fuse::FUSE_REQ_FINISHED && r.owned != 0)
        violated("transition", fmt::format("{} is initialised in state {}", name_of_request(*r.req), name_of(r.state)),
                 what);
    const fuse::fuse_req *req = r.req;
    r = {};
    r.req = req;
    r.creator = static_cast<std::uint8_t>(self);
    r.owned = 1;
    r.requester = nobody;
    r.owner = nobody;
    r.copier = nobody;
    r.used = true;
}

void taken(request_ghost &r)
{
    unsigned self = sim::current_task();
    // The requester's own reference was counted when the request was queued.
    if (r.requester == self)
        return;
    ++r.borrowed[self];
    ++r.owned;
}

void dropped(request_ghost &r, const sim::event &what)
{
    unsigned self = sim::current_task();
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
}

void queued(request_ghost &r)
{
    auto self = static_cast<std::uint8_t>(sim::current_task());
    r.transport = 1;
    r.creator = nobody;
    bool awaited = r.req->isreply && !r.req->background;
    r.requester = awaited ? self : nobody;
    r.owned = awaited ? 2 : 1;
    r.owner = awaited ? self : nobody;
    r.syscall = kernel::task_of(self)->syscalls;
    r.ends = 0;
}

void changed_state(request_ghost &r, const sim::event &what)
{
    auto next = static_cast<fuse::fuse_req_state>(what.value);
    if (!may_change(r, next))
        violated("transition", fmt::format("{} goes from {} to {}", name_of_request(*r.req), name_of(r.state),
                                           name_of(next)), what);
    if (next == fuse::FUSE_REQ_FINISHED)
        r.copier_ends = is_being_copied(*r.req) && !r.copier_ends;
    if (next == fuse::FUSE_REQ_READING)
        r.copier = static_cast<std::uint8_t>(sim::current_task());
    else if (!r.copier_ends)
        r.copier = nobody;
    r.state = next;
    if (next == fuse::FUSE_REQ_PENDING)
        queued(r);
}

void follow_connection(const sim::event &what)
{
    ghost_state &g = the_ghost.get();
    auto offset = offsetof(fuse::fuse_conn, connected);
    auto fc = reinterpret_cast<const fuse::fuse_conn *>(static_cast<const std::byte *>(what.object) - offset);
    for (unsigned i = 0; i < g.connections.size(); ++i) {
        if (g.connections[i] != fc)
            continue;
        if (what.value != 0 && g.was_disconnected[i])
            violated("connected_once", "fc->connected is set after it was cleared", what);
        g.was_disconnected[i] = g.was_disconnected[i] || what.value == 0;
    }
}

// A connection is known from the first lock taken inside an object of its size.
void learn_connection(const void *lock)
{
    ghost_state &g = the_ghost.get();
    auto fc = reinterpret_cast<const fuse::fuse_conn *>(static_cast<const std::byte *>(lock) -
                                                       offsetof(fuse::fuse_conn, lock));
    kernel::slab_address slab = kernel::find_slab_object(fc);
    if (!slab.live() || slab.object() != reinterpret_cast<const std::byte *>(fc) ||
        slab.cache->object_bytes < sizeof(fuse::fuse_conn) || std::strncmp(slab.cache->name, "size-", 5) != 0)
        return;
    for (unsigned i = 0; i < g.connections.size(); ++i) {
        if (g.connections[i] != nullptr)
            continue;
        g.connections[i] = fc;
        g.was_disconnected[i] = false;
        return;
    }
}

bool is_connection_lock(const void *object)
{
    return std::ranges::any_of(the_ghost->connections, [&](const fuse::fuse_conn *fc) {
        return fc != nullptr && object == &fc->lock;
    });
}

// Something that an invariant looks at may have changed since the last check.
bool is_dirty = true;

// Invariants are functions of the world: where nothing changed that they look at, they hold as before.
void check_all(const sim::place &where)
{
    is_dirty = false;
    the_run.core_wrote = false;
    for (const invariant &i : all_invariants())
        if (std::optional<broken> found = i.check())
            sim::report({sim::verdict_kind::violation, i.name, std::move(found->message), where});
}

} // namespace

const ghost_state &ghost()
{
    return the_ghost.get();
}

const request_ghost *find_request(const void *address)
{
    return find(address);
}

void follow_event(const sim::event &what)
{
    if (what.where.line() != 0)
        last_place = what.where;
    request_ghost *r = nullptr;
    switch (what.kind) {
    case sim::event_kind::alloc:
        is_dirty = true;
        born(what.object);
        return;
    case sim::event_kind::free:
        is_dirty = true;
        died(what);
        return;
    case sim::event_kind::syscall:
    case sim::event_kind::syscall_end:
        is_dirty = true;
        return;
    case sim::event_kind::atomic_set:
    case sim::event_kind::atomic_inc:
    case sim::event_kind::atomic_dec:
        r = find(what.object);
        if (r == nullptr || what.object != &r->req->count)
            return;
        is_dirty = true;
        if (what.kind == sim::event_kind::atomic_set)
            initialised(*r, what);
        else if (what.kind == sim::event_kind::atomic_inc)
            taken(*r);
        else
            dropped(*r, what);
        return;
    case sim::event_kind::store:
        is_dirty = true;
        r = find(what.object);
        if (r != nullptr && what.object == &r->req->state)
            changed_state(*r, what);
        else if (r != nullptr && what.object == &r->req->locked && what.value != 0)
            r->copier = static_cast<std::uint8_t>(sim::current_task());
        else if (r == nullptr)
            follow_connection(what);
        return;
    case sim::event_kind::call:
        r = find(what.object);
        if (r != nullptr && ++r->ends > 1)
            violated("end_once", fmt::format("the end of {} is called twice", name_of_request(*r->req)), what);
        return;
    case sim::event_kind::lock:
        if (!is_connection_lock(what.object))
            learn_connection(what.object);
        return;
    case sim::event_kind::unlock:
        if (is_connection_lock(what.object))
            check_all(what.where);
        return;
    default:
        return;
    }
}

void check_step()
{
    if (is_dirty || the_run.core_wrote)
        check_all(last_place);
}

} // namespace interfuse
