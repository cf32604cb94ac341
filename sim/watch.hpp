// Who is told what the program under test touches.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sim {

// Bits of a watch_set.
using watch_set = std::uint8_t;
inline constexpr watch_set watch_memory = 1;    // dead, foreign and unwritten memory
inline constexpr watch_set watch_races = 2;     // accesses that nothing orders
inline constexpr watch_set watch_locks = 4;     // orders of locks
inline constexpr watch_set watch_footprint = 8; // what a step touches, for the search
inline constexpr watch_set watch_all = watch_memory | watch_races | watch_locks;

// A load or store of the program under test. Fakes that load or store on its behalf, as memcpy does, report the same.
struct access {
    const void *address;
    std::size_t bytes;
    bool write;
    const void *pc; // return address into the program
};

// Tells all that the run in progress is watched by. Called on the stack of the current task; may call report().
void watched(const access &touched);

} // namespace sim
