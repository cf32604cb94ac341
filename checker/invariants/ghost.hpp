// Ghost state: what the checkers remember of a world's past, bounded, and part of the world.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "core/fuse_i.hpp"
#include "sim/event.hpp"

namespace interfuse {

namespace fuse = kernel::fuse;

inline constexpr unsigned ghost_requests_max = 32;
inline constexpr unsigned ghost_tasks = sim::tasks_max;
inline constexpr std::uint8_t nobody = 0xff;

// Who owns a request's references, and which state it was last seen in.
struct request_ghost {
    const fuse::fuse_req *req; // null: the slot is free
    std::uint32_t syscall;     // of the requester, when it queued the request
    fuse::fuse_req_state state;
    std::uint8_t transport; // references of the transport: 1 from queueing until it is finished
    std::uint8_t creator;   // the task whose reference is the only one, before the request is queued
    std::uint8_t requester; // the task that waits, while it owns a reference
    std::uint8_t owner;     // the requester also after it dropped its reference: whose stack the arguments are in
    std::uint8_t copier;    // the task that reads it or answers it, until it has left the io list
    bool used;              // was initialised for a requester; a spare one never was
    bool copier_ends;       // an abort finished it while it was copied: the copier finishes it once more
    std::uint8_t ends;      // calls of end
    std::uint8_t owned;     // references that have an owner, the sum of those above and below
    std::array<std::uint8_t, ghost_tasks> borrowed; // references that further tasks took, by task
};

struct ghost_state {
    std::array<request_ghost, ghost_requests_max> requests;
    std::uint32_t requests_high; // slots in use lie below
    std::array<const fuse::fuse_conn *, 4> connections; // that are alive
    std::array<bool, 4> was_disconnected;
};

const ghost_state &ghost();

// The ghost of the request that contains the address, or null.
const request_ghost *find_request(const void *address);

// Listener of events: keeps the ghost state and reports what breaks a rule at once.
void follow_event(const sim::event &what);

// Listener of steps: checks all invariants.
void check_step();

} // namespace interfuse
