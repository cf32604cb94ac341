// The last accesses to some bytes, as the watcher of races keeps them.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/arena.hpp"
#include "sim/race_report.hpp"

namespace sim {

// A list of accesses beside the last write and one read: reads that are not ordered, and lockless accesses. At most one of
// each task and way.
struct further {
    access_record record;
    std::uint32_t next;
    access_way way;
};

// Some bytes of a word that have always been accessed together.
struct location {
    access_record write, read;
    std::uint32_t others; // index in further accesses, 0: none
    std::uint32_t next;   // other bytes of the word, index in more_locations, 0: none
    std::uint32_t need;   // the run in which two lockless accesses to it met
    std::uint8_t bytes;   // bit i: byte i of the word; 0: nothing was accessed yet
    bool freed;           // the last write was a free
};

extern location *first_locations; // by word of the arena
extern std::vector<location> more_locations;
extern std::vector<further> further_accesses;

void map_locations();
// As if nothing had ever been accessed.
void forget_locations();

inline location &location_at(std::size_t word, std::uint32_t index)
{
    return index == 0 ? first_locations[word] : more_locations[index];
}
inline unsigned lowest_byte(const location &at)
{
    return static_cast<unsigned>(std::countr_zero(at.bytes));
}
inline const void *address_of(std::size_t word, unsigned byte)
{
    return reinterpret_cast<const void *>(arena_base + word * 8 + byte);
}

void free_others(location &at);
inline void drop_others(location &at)
{
    if (at.others != 0)
        free_others(at);
}
void add_other(location &at, const further &more);
// Leaves only some bytes to a location; the rest gets one of its own with the same accesses.
void split(location &at, std::uint8_t kept);

// Calls visit for each location of those bytes, of which some are made for it. Locations move when others are made.
template <typename Visit> void for_locations(std::size_t word, unsigned wanted, Visit visit)
{
    for (std::uint32_t index = 0;;) {
        unsigned common = location_at(word, index).bytes & wanted;
        if (common != 0 && common != location_at(word, index).bytes) {
            location whole = location_at(word, index);
            split(whole, static_cast<std::uint8_t>(common));
            location_at(word, index) = whole;
        }
        if (common != 0)
            visit(location_at(word, index));
        wanted &= ~common;
        if (wanted == 0)
            return;
        if (location_at(word, index).next == 0)
            break;
        index = location_at(word, index).next;
    }
    location fresh{};
    fresh.bytes = static_cast<std::uint8_t>(wanted);
    if (first_locations[word].bytes == 0) {
        first_locations[word] = fresh;
    } else {
        fresh.next = first_locations[word].next;
        first_locations[word].next = static_cast<std::uint32_t>(more_locations.size());
        more_locations.push_back(fresh);
    }
    visit(location_at(word, first_locations[word].bytes == wanted ? 0 : first_locations[word].next));
}

} // namespace sim
