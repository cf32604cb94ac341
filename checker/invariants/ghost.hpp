// Ghost state: what the checkers remember of a world's past, bounded, and part of the world.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/fuse_i.hpp"
#include "sim/event.hpp"
#include "sim/place.hpp"
#include "sim/verdict.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

inline constexpr unsigned ghost_requests_max = 48; // at most 64, the bits of a slot_mask
inline constexpr unsigned ghost_connections_max = 4;
inline constexpr unsigned ghost_tasks = sim::tasks_max;
inline constexpr std::uint8_t nobody = 0xff;

// A bit for each slot of ghost_state::requests; a bit for each task.
using slot_mask = std::uint64_t;
using task_mask = std::uint32_t;
static_assert(ghost_requests_max <= 64 && ghost_tasks <= 32);

// Who owns a request's references, and which state it was last seen in.
struct request_ghost {
    const fuse::fuse_req *req; // null: the slot is free
    fuse::fuse_req_state state;
    std::uint8_t connection; // where it was sent; nobody before that
    std::uint8_t transport;  // references of the transport: 1 from queueing until it is finished
    std::uint8_t creator;    // the task whose reference is the only one, before the request is queued
    alignas(8) std::uint8_t requester; // the task that waits, while it owns a reference
    alignas(8) std::uint8_t owner; // the requester also after it dropped its reference: whose stack the arguments are in
    alignas(8) bool owner_left;    // the system call in which the owner queued it has ended
    alignas(8) std::uint8_t copier; // the task that reads it or answers it, until it has left the io list
    alignas(8) std::uint8_t tokens; // units of outstanding_sem, or of debt, that were taken for it
    bool used;               // was initialised for a requester; a spare one never was
    bool copier_ends;        // an abort finished it while it was copied: the copier finishes it once more
    std::uint8_t ends;       // calls of end
    std::uint8_t owned;      // references that have an owner, the sum of those above and below
    std::array<std::uint8_t, ghost_tasks> borrowed; // references that further tasks took, by task
};

// The lists of a connection, in the order of its census.
enum class list_of : std::uint8_t { pending, processing, io, unused, background };
inline constexpr unsigned lists = 5;

enum class flaw : std::uint8_t { none, corrupt, corrupt_end, no_request, on_two_lists };

// Who is on which list of a connection when its lock is released.
struct census {
    std::array<slot_mask, lists> on;
    slot_mask interrupted; // of those that exist
    bool connected;
    flaw found; // the first one
    std::uint8_t list, entry, slot; // where
};

enum class init_phase : std::uint8_t { before, running, over };

// For a search two steps conflict when one changes the word that the other reads, so what changes at other times lies in
// another word.
struct connection_ghost {
    const fuse::fuse_conn *fc; // null: the slot is free
    bool live;                 // its lock was taken: it is complete, and not being freed
    alignas(8) bool was_disconnected;
    alignas(8) bool cut_off;   // whoever has aborted it or closed its device has returned
    alignas(8) bool wrote;     // the core has written to the heap since the lock was taken
    alignas(8) bool lists_flawed;
    alignas(8) init_phase init; // of process_init_reply
    bool refuses;    // INIT was answered with an error or another major version: no requester gets through
    std::uint8_t init_task;
    std::uint8_t others; // units that requests hold which are not from the pool
    std::uint8_t spare;  // requests on unused_list
    bool dying;          // connected was 1 until somebody who still has the lock cleared it
    bool opened;         // the abort that did so has added a unit, for whoever waits for a request
    std::uint8_t joined; // requests that have joined the pool since, each with a unit
    bool returned;       // a unit was given back since the lock was taken
    unsigned debt;       // when the lock was taken
    slot_mask pool;      // requests of the pool
    task_mask asking;    // tasks in fuse_get_request
    task_mask between;   // of these, those that have a unit and no request yet
    task_mask joining;   // tasks whose request has joined the pool, until they ask for the next
    task_mask charged;   // tasks that have taken a unit or made a debt for a request they have not sent yet
    census before, now;
    std::array<kernel::list_head, lists> heads; // when the lock was released last
};

struct ghost_state {
    std::array<request_ghost, ghost_requests_max> requests;
    std::uint32_t requests_high; // slots in use lie below
    slot_mask touched;           // requests whose count, owners or state changed since they were checked
    bool counters_touched;       // a semaphore's count, num_waiting or a token
    sim::place counted_at;       // where one of them changed last, until they are checked
    bool copying_touched;        // a request was locked, or its requester has left while it is
    slot_mask locked;            // requests that are locked for copying
    // By task: requests that it queued in its system call and waits for. Whoever ends a call looks at its own alone, so that
    // for a search it has nothing to do with what the others are at.
    std::array<slot_mask, ghost_tasks> awaited_by;
    std::uint32_t connections_high; // slots in use lie below
    const kernel::kmem_cache_t *request_cache;
    std::array<connection_ghost, ghost_connections_max> connections;
};

inline const sim::per_world<ghost_state> the_ghost;

inline const ghost_state &ghost()
{
    return the_ghost.get();
}
// The connections' slots that are or were in use.
inline std::span<const connection_ghost> known_connections()
{
    return {ghost().connections.data(), ghost().connections_high};
}
// For those who follow events.
inline ghost_state &changing_ghost()
{
    return the_ghost.get();
}
inline std::span<connection_ghost> changing_connections()
{
    return {changing_ghost().connections.data(), changing_ghost().connections_high};
}

inline slot_mask slot_bit(unsigned slot)
{
    return slot_mask{1} << slot;
}

inline unsigned slot_of(const request_ghost &r)
{
    return static_cast<unsigned>(&r - ghost().requests.data());
}

// The ghost of the request that contains the address, or null.
const request_ghost *find_request(const void *address);

// Whether the lock of some connection is held.
bool any_connection_locked();

// Reports a rule that an event has broken. Returns only if the rule is ignored.
void violated(const char *invariant, std::string message, const sim::event &at);

// The kinds of events that change the ghost state, by bits. Many are of others.
inline constexpr std::uint64_t followed_kinds = [] {
    using enum sim::event_kind;
    std::uint64_t kinds = 0;
    for (sim::event_kind kind : {alloc, sim::event_kind::free, syscall, syscall_end, ref_get, ref_put, ref_last, alloc_failed,
                                 bad_address, page_fault, page_dirty, read_lock, atomic_set, atomic_inc, atomic_dec, store, call,
                                 lock, unlock, down, down_failed, up})
        kinds |= std::uint64_t{1} << static_cast<unsigned>(kind);
    return kinds;
}();

void follow_event_slowly(const sim::event &what);

// Listener of events: keeps the ghost state and reports what breaks a rule at once.
inline void follow_event(const sim::event &what)
{
    if ((followed_kinds >> static_cast<unsigned>(what.kind) & 1) != 0)
        follow_event_slowly(what);
}

// Listener of steps: checks all invariants.
void check_step();

// Checks what must hold when everybody is through, before the teardown. REQUIRES: the host runs.
std::optional<sim::verdict> check_end();

} // namespace interfuse
