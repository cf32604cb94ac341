// Following the events of requests and connections.
#pragma once

#include "checker/invariants/ghost.hpp"

namespace interfuse {

// Requests. `find` is null for an address outside of all.
request_ghost *find_changing_request(const void *address);
void follow_birth(const void *object);
void follow_death(const sim::event &what);
void follow_count(request_ghost &r, const sim::event &what);
void follow_state(request_ghost &r, const sim::event &what);
void follow_end_call(request_ghost &r, const sim::event &what);

// Connections.
connection_ghost *find_connection(const void *address);
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
