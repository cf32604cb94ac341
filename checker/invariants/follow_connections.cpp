// Lists, semaphore and counters of connections.
#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "checker/invariants/calls.hpp"
#include "checker/invariants/census.hpp"
#include "checker/invariants/following.hpp"
#include "checker/invariants/ledger.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/run.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

task_mask self_bit()
{
    return task_mask{1} << sim::current_task();
}

bool is_held_here(const connection_ghost &c)
{
    return c.fc->lock.holder == sim::current_task() + 1;
}

// What the core has written since the last look counts for each connection that is locked meanwhile.
void note_writes()
{
    for (connection_ghost &c : changing_connections())
        if (c.fc != nullptr && kernel::spin_is_locked(&c.fc->lock))
            c.wrote = c.wrote || sim::the_run.core_wrote;
    sim::the_run.core_wrote = false;
}

// The abort that ends a connection gives the semaphore one unit of its own, where finding 12 is repaired.
bool is_opening(const connection_ghost &c, const sim::event &what)
{
    return c.dying && !c.opened && std::strcmp(what.where.function(), "fuse_abort_conn") == 0;
}

// A request that was made as new may get rid of its unit before it is sent once more.
void refund(connection_ghost &c)
{
    ghost_state &g = changing_ghost();
    for (unsigned i = 0; i < g.requests_high; ++i) {
        request_ghost &r = g.requests[i];
        bool own = r.req != nullptr && r.creator == sim::current_task() && r.state == fuse::FUSE_REQ_INIT;
        if (!own || r.tokens == 0)
            continue;
        --r.tokens;
        --c.others;
        return;
    }
}

bool heads_changed(const connection_ghost &c)
{
    for (unsigned list = 0; list < lists; ++list)
        if (std::memcmp(head_of(*c.fc, list), &c.heads[list], sizeof c.heads[list]) != 0)
            return true;
    return false;
}

const char *first_changed(const connection_ghost &c)
{
    unsigned list = 0;
    while (std::memcmp(head_of(*c.fc, list), &c.heads[list], sizeof c.heads[list]) == 0)
        ++list;
    return name_of(static_cast<list_of>(list));
}

} // namespace

void learn_connection(const void *num_waiting)
{
    auto fc = reinterpret_cast<const fuse::fuse_conn *>(static_cast<const std::byte *>(num_waiting) -
                                                       offsetof(fuse::fuse_conn, num_waiting));
    kernel::slab_address slab = kernel::find_slab_object(fc);
    if (!slab.live() || slab.object() != reinterpret_cast<const std::byte *>(fc) ||
        slab.cache->object_bytes < sizeof(fuse::fuse_conn) || std::strncmp(slab.cache->name, "size-", 5) != 0)
        return;
    ghost_state &g = changing_ghost();
    unsigned slot = 0;
    while (slot < g.connections_high && g.connections[slot].fc != nullptr)
        ++slot;
    sim::require(slot < ghost_connections_max, "more connections exist than the ghost state has room for");
    g.connections_high = std::max(g.connections_high, slot + 1);
    g.connections[slot].fc = fc;
    begin_book(slot);
}

void follow_disconnection(connection_ghost &c, const sim::event &what)
{
    if (what.value != 0 && c.was_disconnected)
        violated("connected_once", "fc->connected is set after it was cleared", what);
    c.dying = c.dying || (what.value == 0 && !c.was_disconnected);
    c.was_disconnected = c.was_disconnected || what.value == 0;
    if (what.value == 0)
        follow_cut(c);
}

void follow_semaphore(connection_ghost &c, const sim::event &what)
{
    changing_ghost().counters_touched = true;
    if (is_held_here(c)) {
        // down_trylock for a request that is not from the pool: a unit, or else a debt.
        if (what.kind == sim::event_kind::up) {
            c.returned = true;
            c.opened = c.opened || is_opening(c, what);
        } else
            c.charged |= self_bit();
    } else if (what.kind == sim::event_kind::down) {
        c.between |= self_bit();
    }
}

void follow_num_waiting(connection_ghost &c, const sim::event &what)
{
    changing_ghost().counters_touched = true;
    if (what.kind == sim::event_kind::atomic_inc) {
        c.asking |= self_bit();
        c.joining &= ~self_bit();
    } else if (!is_held_here(c)) {
        // fuse_get_request gives up; or there was no memory for the request that was to join the pool.
        c.asking &= ~self_bit();
        c.joined = static_cast<std::uint8_t>(c.joined - ((c.joining & self_bit()) != 0));
        c.joining &= ~self_bit();
    }
}

void follow_sending(request_ghost &r)
{
    ghost_state &g = changing_ghost();
    for (connection_ghost &c : changing_connections()) {
        if (c.fc == nullptr || !is_held_here(c))
            continue;
        r.connection = static_cast<std::uint8_t>(&c - g.connections.data());
        if ((c.charged & self_bit()) == 0)
            continue;
        c.charged &= ~self_bit();
        ++r.tokens;
        ++c.others;
        g.counters_touched = true;
    }
}

void follow_init(const request_ghost &r, bool ends)
{
    if (r.connection == nobody || r.req->in.h.opcode != fuse::FUSE_INIT)
        return;
    connection_ghost &c = changing_ghost().connections[r.connection];
    auto self = static_cast<std::uint8_t>(sim::current_task());
    if (!ends) {
        c.init = init_phase::running;
        c.init_task = self;
        c.refuses = r.req->out.h.error != 0 || r.req->misc.init_out.major != fuse::FUSE_KERNEL_VERSION;
    } else if (c.init == init_phase::running && c.init_task == self) {
        c.init = init_phase::over;
    }
    changing_ghost().counters_touched = true;
}

void follow_lock(connection_ghost &c, const sim::event &what)
{
    note_writes();
    c.wrote = false;
    c.returned = false;
    c.dying = false;
    c.debt = c.fc->outstanding_debt;
    if (!c.live) {
        // The first task that can reach the connection through its lists.
        c.live = true;
        take_census(c);
        c.before = c.now;
        c.pool = c.now.on[static_cast<unsigned>(list_of::unused)];
    } else if (sim::the_run.now != sim::phase::setup && heads_changed(c)) {
        violated("lists_locked", fmt::format("{} has changed while nobody held fc->lock", first_changed(c)), what);
    }
}

void follow_unlock(connection_ghost &c)
{
    ghost_state &g = changing_ghost();
    c.wrote = c.wrote || sim::the_run.core_wrote;
    note_writes();
    if ((c.between & self_bit()) != 0) {
        // do_get_request has taken a request off unused_list, or hands its unit on and adds a request to the pool.
        if (c.returned) {
            ++c.joined;
            c.joining |= self_bit();
        }
        c.between &= ~self_bit();
        c.asking &= ~self_bit();
        g.counters_touched = true;
    }
    if (c.returned || c.fc->outstanding_debt < c.debt)
        refund(c);
}

} // namespace interfuse
