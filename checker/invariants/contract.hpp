// The errno contract of the device and of requests, over every run.
#pragma once

#include "checker/invariants/calls.hpp"

namespace interfuse {

// The running task's system call ends with the result what.value.
void judge_call(const call_ghost &call, const sim::event &what);
// A read whose buffer is too short for the request finishes it.
void judge_refusal(const request_ghost &r, const sim::event &what);
// A write finishes the request that it answers.
void judge_answer(const call_ghost &call, const request_ghost &r, const sim::event &what);
// A write finishes a request that is being read.
void judge_early_answer(const request_ghost &r, const sim::event &what);
// A request is finished by somebody who does not copy it.
void judge_end(const request_ghost &r, const sim::event &what);
// A requester lets go of its request, with or without an answer.
void judge_requester(const request_ghost &r, const sim::event &what);
// A request is queued.
void judge_sending(const request_ghost &r, const sim::event &what);
// The running task has released the lock of a connection that refuses requesters.
void judge_refused(const connection_ghost &c, const sim::event &what);

} // namespace interfuse
