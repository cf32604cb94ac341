// Cycles: whether a run comes back to a state that it was in, and could go round for ever.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/arena.hpp"

namespace sim {

// Bytes that do not decide what happens next, such as the number of the next request: two states that differ in these
// alone count as equal.
struct counter {
    void *at;
    std::size_t bytes;
};

// Of a run's steps from one on the states are noted, with the memory of a state that is no longer in use wiped, by the
// listener note_state of a run's scheduling. Nothing is in a run that is not also in the same run without it.
void watch_for_cycles(std::uint32_t from_step, void (*counters)(std::vector<counter> &into));
void note_state(unsigned next, std::uint64_t runnable);

// A part of the run that begins and ends in the same state. Each task that could run throughout took a step in it (weak
// fairness), so that no scheduler need ever leave it.
struct cycle {
    std::uint32_t from, to;  // steps
    std::uint64_t tasks;     // those that took a step, by bits
    // The innermost call that each of them was in where it was in fewest calls, thus in the function that holds its loop; null
    // where it was in none.
    std::array<const void *, tasks_max> called_from;
    std::array<unsigned, tasks_max> depth; // of these calls
};
// Of the run that has ended. There may be others.
std::optional<cycle> find_cycle();

} // namespace sim
