// The daemon's ledger: what it has given away and what it got back.
#pragma once

#include "checker/invariants/calls.hpp"
#include "checker/invariants/invariant.hpp"

namespace interfuse {

// A connection is being made.
void begin_book(unsigned connection);
// A read on the device has let go of a request: it has reached the daemon, or is lost by the daemon's own fault.
void follow_reading(const call_ghost &call, bool delivered, const sim::event &what);
// A write finishes the request that it answers, and the requester is about to learn of it: the daemon is through with
// the request.
void follow_answer(const call_ghost &call, const request_ghost &r);

// Between the run and the teardown.
std::optional<broken> check_ledger();

} // namespace interfuse
