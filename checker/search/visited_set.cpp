// A table of hashes.
#include "checker/search/visited_set.hpp"

#include <algorithm>

#include <sys/mman.h>

#include "sim/fault.hpp"

namespace interfuse {

namespace {

constexpr std::uint64_t capacity_least = 1024;

std::uint64_t *map_slots(std::uint64_t count)
{
    void *memory = mmap(nullptr, count * sizeof(std::uint64_t), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory == MAP_FAILED ? nullptr : static_cast<std::uint64_t *>(memory);
}

} // namespace

visited_set::visited_set(std::size_t bytes_max) : bytes_max(bytes_max), slots(map_slots(capacity_least)), capacity(capacity_least)
{
    sim::require(slots != nullptr, "no memory for the visited set");
}

visited_set::~visited_set()
{
    munmap(slots, bytes());
}

std::uint64_t *visited_set::slot_of(std::uint64_t key) const
{
    // The upper half of the product: keys are spread evenly over any capacity.
    auto at = static_cast<std::uint64_t>((static_cast<unsigned __int128>(key) * capacity) >> 64);
    while (slots[at] != 0 && slots[at] != key)
        at = at + 1 == capacity ? 0 : at + 1;
    return &slots[at];
}

bool visited_set::grow()
{
    std::uint64_t wanted = capacity + std::max(capacity / 4, std::uint64_t{1});
    if ((capacity + wanted) * sizeof(std::uint64_t) > bytes_max)
        return false;
    std::uint64_t *old = slots;
    std::uint64_t old_capacity = capacity;
    std::uint64_t *fresh = map_slots(wanted);
    if (fresh == nullptr)
        return false;
    slots = fresh;
    capacity = wanted;
    for (std::uint64_t i = 0; i < old_capacity; ++i)
        if (old[i] != 0)
            *slot_of(old[i]) = old[i];
    munmap(old, old_capacity * sizeof(std::uint64_t));
    return true;
}

visited_set::answer visited_set::add(std::uint64_t key)
{
    key = std::max(key, std::uint64_t{1});
    std::uint64_t *slot = slot_of(key);
    if (*slot == key)
        return answer::seen;
    if ((used + 1) * 5 > capacity * 4) {
        if (!grow())
            return answer::full;
        slot = slot_of(key);
    }
    *slot = key;
    ++used;
    return answer::fresh;
}

} // namespace interfuse
