// Keeping the last accesses.
#include "sim/location.hpp"

#include <sys/mman.h>

#include "sim/fault.hpp"

namespace sim {

constexpr std::size_t words = arena_bytes / 8;
location *first_locations = nullptr;
std::vector<location> more_locations;
std::vector<further> further_accesses;
static std::uint32_t free_further = 0;

void map_locations()
{
    if (first_locations != nullptr)
        return;
    void *memory = mmap(nullptr, words * sizeof(location), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    require(memory != MAP_FAILED, "no memory for the locations of races");
    first_locations = static_cast<location *>(memory);
}

void forget_locations()
{
    int err = madvise(first_locations, words * sizeof(location), MADV_DONTNEED);
    require(err == 0, "the locations of races could not be cleared");
    more_locations.assign(1, {});
    further_accesses.assign(1, {});
    free_further = 0;
}

void free_others(location &at)
{
    while (at.others != 0) {
        std::uint32_t dropped = at.others;
        at.others = further_accesses[dropped].next;
        further_accesses[dropped].next = free_further;
        free_further = dropped;
    }
}

void add_other(location &at, const further &more)
{
    std::uint32_t index = free_further;
    if (index == 0) {
        index = static_cast<std::uint32_t>(further_accesses.size());
        further_accesses.emplace_back();
    } else {
        free_further = further_accesses[index].next;
    }
    further_accesses[index] = {more.record, at.others, more.way};
    at.others = index;
}

void split(location &at, std::uint8_t kept)
{
    location rest = at;
    rest.bytes = static_cast<std::uint8_t>(at.bytes & ~kept);
    rest.others = 0;
    for (std::uint32_t i = at.others; i != 0; i = further_accesses[i].next)
        add_other(rest, further(further_accesses[i]));
    at.bytes = kept;
    at.next = static_cast<std::uint32_t>(more_locations.size());
    more_locations.push_back(rest);
}

} // namespace sim
