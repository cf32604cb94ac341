// Data races: accesses of two tasks to a byte, one of them a write, that nothing orders (FastTrack, Flanagan and Freund 2009).
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/place.hpp"
#include "sim/simple_access.hpp"
#include "sim/watch.hpp"

namespace sim {

// A run that is watched for races begins.
void begin_races();

// An access of the program under test: a race with an earlier one ends the run with a finding. REQUIRES: races_watched().
void watch_race_slowly(const access &touched);
[[gnu::always_inline]] inline void watch_race(const access &touched)
{
    if (!follows_simply(touched))
        watch_race_slowly(touched);
}

// An access to a field that is declared lockless: no race with another such one, unless both are guarded (access_way), but
// one with a plain access.
void watch_lockless(const access &touched, bool guarded);

// The memory of an object that is allocated has no history; to free it is a write to all of it.
void begin_life(const void *memory, std::size_t bytes);
void end_life(const void *memory, std::size_t bytes, const place &where);

} // namespace sim
