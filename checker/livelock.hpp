// Livelocks: runs that were cut while they went round in circles.
#pragma once

#include <optional>

#include "sim/verdict.hpp"

namespace interfuse {

// Before the same run is repeated, without any listener but sim::note_state of its scheduling.
void watch_for_livelock();
// When it was cut again: the finding, if it came back to a state that it was in, and fairly, so that it could for ever.
// Equal states may differ in the numbers of requests and in how many system calls a task has made, and in nothing else.
std::optional<sim::verdict> find_livelock();

} // namespace interfuse
