// A worker from the inside, for those who make unusual ones.
#pragma once

#include "scenarios/daemon.hpp"

namespace interfuse {

struct worker {
    mount m;
    worker_options options;
    std::uintptr_t request; // user address
    std::uint32_t read_bytes;
};

// Maps its buffers, the reply's only if the options name no place for it. Called while the scenario is built.
worker make_worker(const mount &m, worker_options options);

// A place for one reply, in pages of the daemon's memory: the one that the options name, else a new one.
reply_place *map_reply(const mount &m, const worker_options &options);

long read_request(const worker &w);
// The bytes of the reply, which lies in the reply's place then; 0 for a request that wants none.
std::size_t handle(const worker &w, std::size_t got);
long write_reply(const worker &w, std::size_t bytes);

// Answers as the options say. False when the worker has closed the device over it.
bool answer(const worker &w, std::size_t bytes);

// Clear what was read, or sent, and will not be looked at again, so that worlds that differ in nothing else are one state of a
// search. For the same reason each round of a worker's loop is a call of its own, whose frame the next round finds wiped.
void forget_request(const worker &w, std::size_t got);
void forget_reply(const worker &w, std::size_t bytes);

// Sleeps until the next request is read: its bytes, or what ends the worker's loop.
long next_request(const worker &w);

} // namespace interfuse
