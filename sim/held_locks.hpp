// The locks that each task holds, from the events of the fakes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/event.hpp"
#include "sim/place.hpp"
#include "sim/world.hpp"

namespace sim {

struct held_lock {
    const void *object;
    place where;        // it was taken
    event_kind kind;    // lock, read_lock, write_lock or page_lock
};

void begin_held_locks();

// Bit i: the event kind i is about a lock that is held.
inline constexpr std::uint64_t kinds_of_locks = [] {
    using enum event_kind;
    static_assert(event_kinds <= 64);
    std::uint64_t kinds = 0;
    for (event_kind each : {lock, unlock, read_lock, read_unlock, write_lock, write_unlock, page_lock, page_unlock})
        kinds |= std::uint64_t{1} << static_cast<unsigned>(each);
    return kinds;
}();
inline bool is_of_lock(event_kind kind)
{
    return (kinds_of_locks >> static_cast<unsigned>(kind) & 1) != 0;
}

// Keeps the lists up to date. REQUIRES: is_of_lock(happened.kind). Locks that are released in another order than they were taken, or by another task, are found.
void follow_held_locks(const event &happened);

// In the order in which they were taken.
std::span<const held_lock> locks_held_by(unsigned task);

// The objects that the task holds as one number, and back. Numbers are good until the next run.
extern std::array<std::uint32_t, tasks_max> held_sets; // by task
inline std::uint32_t held_set_of(unsigned task)
{
    return held_sets[task];
}
std::vector<const void *> objects_in(std::uint32_t held_set);

} // namespace sim
