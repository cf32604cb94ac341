// Following the events of requests and connections.
#pragma once

#include "checker/invariants/ghost.hpp"

namespace interfuse {

// Requests. `find` is null for an address outside of all.
inline request_ghost *find_changing_request(const void *address)
{
    ghost_state &g = changing_ghost();
    auto at = reinterpret_cast<std::uintptr_t>(address);
    for (unsigned i = 0; i < g.requests_high; ++i) {
        request_ghost &r = g.requests[i];
        if (at - reinterpret_cast<std::uintptr_t>(r.req) < sizeof(fuse::fuse_req) && r.req != nullptr)
            return &r;
    }
    return nullptr;
}
void follow_birth(const void *object);
void follow_death(const sim::event &what);
void follow_count(request_ghost &r, const sim::event &what);
void follow_state(request_ghost &r, const sim::event &what);
void follow_end_call(request_ghost &r, const sim::event &what);
// A system call of the running task ends.
void follow_owner_leaving();

// Connections.
inline connection_ghost *find_connection(const void *address)
{
    auto at = reinterpret_cast<std::uintptr_t>(address);
    for (connection_ghost &c : changing_connections())
        if (c.fc != nullptr && at - reinterpret_cast<std::uintptr_t>(c.fc) < sizeof(fuse::fuse_conn))
            return &c;
    return nullptr;
}
// num_waiting is initialised: a connection is being made.
void learn_connection(const void *num_waiting);
void follow_disconnection(connection_ghost &c, const sim::event &what);
void follow_semaphore(connection_ghost &c, const sim::event &what);
void follow_num_waiting(connection_ghost &c, const sim::event &what);
// The running task takes the lock of a connection, or has just released it.
void follow_lock(connection_ghost &c, const sim::event &what);
void follow_unlock(connection_ghost &c);
// The request is sent on the connection whose lock the running task holds, with what was taken for it.
void follow_sending(request_ghost &r);
// INIT's `end` begins, or lets go of its request.
void follow_init(const request_ghost &r, bool ends);

} // namespace interfuse
