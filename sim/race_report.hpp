// The finding of a data race.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/happens_before.hpp"

namespace sim {

// What a report says of an access beside its moment.
struct access_scene {
    std::uint32_t site;  // site_of a return address into the program or of a place
    std::uint32_t calls; // that had not returned: calls_now
    std::uint32_t locks; // held_set_of its task
};

// An access as it is kept until it is forgotten. Its scene is kept until the next run, which it cannot race with.
struct access_record {
    epoch when;
    std::uint32_t scene; // index in access_scenes
};
// Those of the run. Their number is bounded by that of its accesses.
struct scene_list {
    access_scene *first = nullptr;
    std::uint32_t count = 0, room = 0;
    void enlarge();
};
extern constinit scene_list access_scenes;
inline std::uint32_t add_scene(const access_scene &scene)
{
    scene_list &all = access_scenes;
    if (all.count == all.room) [[unlikely]]
        all.enlarge();
    all.first[all.count] = scene;
    return all.count++;
}

// The program lies in the lowest 2 GB, so the number is the address. Where memory is freed is known by its place alone.
inline std::uint32_t site_of(const void *pc)
{
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(pc));
}
std::uint32_t site_of(const place &where);
place place_of_site(std::uint32_t site);

// Of a lockless field whose writers all hold a lock, the writes are guarded, and the reads under a spinlock.
enum class access_way : std::uint8_t {
    read,
    write,
    lockless_read,
    lockless_write,
    guarded_read,
    guarded_write,
    free,
};

inline bool is_write(access_way way)
{
    return way == access_way::write || way == access_way::lockless_write || way == access_way::guarded_write ||
           way == access_way::free;
}
inline bool is_guarded(access_way way)
{
    return way == access_way::guarded_read || way == access_way::guarded_write;
}
inline bool is_lockless(access_way way)
{
    return way == access_way::lockless_read || way == access_way::lockless_write || is_guarded(way);
}
// Whether two accesses to a byte race if nothing orders them. What is declared lockless may meet its like, but those who
// are to hold a lock may not meet each other.
inline bool conflict(access_way a, access_way b)
{
    if (!is_write(a) && !is_write(b))
        return false;
    return !is_lockless(a) || !is_lockless(b) || (is_guarded(a) && is_guarded(b));
}

struct raced_access {
    access_record record;
    access_way way;
};

// Ends the run. `address` is of the lowest byte on which the two meet.
[[noreturn, gnu::cold]] void report_race(const raced_access &first, const raced_access &second, const void *address);

} // namespace sim
