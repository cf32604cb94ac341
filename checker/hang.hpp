// Hangs: who waits for what, and who holds it.
#pragma once

#include "sim/verdict.hpp"

namespace interfuse {

// The verdict of a run in which somebody sleeps and nobody can run. `during` says in which part of it.
// REQUIRES: the host runs, and some task is blocked that does not rest.
sim::verdict describe_hang(const char *during);

// Whether a daemon that answers nothing explains each sleep: nobody misses a wake-up, and nobody waits for an answer
// who was killed or whose connection is dead.
bool may_sleep_by_design();

} // namespace interfuse
