// A table of hashes.
#include "checker/search/visited_set.hpp"

#include <algorithm>
#include <vector>

#include <sched.h>
#include <sys/mman.h>

#include "sim/fault.hpp"

namespace interfuse {

namespace {

constexpr std::uint64_t capacity_least = 1024;
constexpr std::uint64_t spare_slots = 1024; // behind the end; a run of keys that fills them makes the part grow
constexpr std::size_t bytes_of_slot = sizeof(std::uint64_t) + sizeof(visited_set::sleepers);
constexpr std::uint64_t slots_a_page = 4096 / sizeof(visited_set::sleepers);

// The upper half of the product: keys are spread evenly over any capacity, in their order.
std::uint64_t scaled(std::uint64_t key, std::uint64_t capacity)
{
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(key) * capacity) >> 64);
}

class hold {
public:
    hold(std::atomic<bool> &taken, bool needed) : taken(taken), needed(needed)
    {
        while (needed && taken.exchange(true, std::memory_order_acquire))
            sched_yield();
    }
    ~hold()
    {
        if (needed)
            taken.store(false, std::memory_order_release);
    }
    hold(const hold &) = delete;
    hold &operator=(const hold &) = delete;

private:
    std::atomic<bool> &taken;
    bool needed;
};

} // namespace

visited_set::visited_set(std::size_t bytes_max, unsigned parts_wanted) : count(parts_wanted)
{
    std::uint64_t slots_of_part = bytes_max / count / bytes_of_slot / slots_a_page * slots_a_page;
    capacity_max = std::max(slots_of_part, capacity_least + spare_slots) - spare_slots;
    std::uint64_t reserved = capacity_max + spare_slots;
    std::size_t heads = (count * sizeof(part) + 4095) / 4096 * 4096;
    mapped_bytes = heads + count * reserved * bytes_of_slot;
    int sharing = count == 1 ? MAP_PRIVATE : MAP_SHARED;
    void *memory = mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    sim::require(memory != MAP_FAILED, "no memory for the visited set");
    parts = static_cast<part *>(memory);
    auto slots = reinterpret_cast<std::uint64_t *>(static_cast<std::byte *>(memory) + heads);
    auto asleep = reinterpret_cast<sleepers *>(slots + count * reserved);
    for (unsigned i = 0; i < count; ++i) {
        parts[i].capacity = capacity_least;
        parts[i].slots = slots + i * reserved;
        parts[i].asleep = asleep + i * reserved;
    }
}

visited_set::~visited_set()
{
    munmap(parts, mapped_bytes);
}

std::uint64_t visited_set::size() const
{
    std::uint64_t sum = 0;
    for (unsigned i = 0; i < count; ++i)
        sum += parts[i].used;
    return sum;
}

std::size_t visited_set::bytes() const
{
    std::uint64_t sum = 0;
    for (unsigned i = 0; i < count; ++i)
        sum += parts[i].capacity;
    return sum * bytes_of_slot;
}

// Runs of keys move one by one, the last one first: each is taken out and its keys put where they belong by the new capacity,
// which is nowhere below, hence never among those that have not moved yet.
bool visited_set::grow(part &which) const
{
    std::uint64_t end = which.capacity + spare_slots;
    std::uint64_t wanted = std::min(which.capacity + which.capacity / 4, capacity_max);
    if (wanted == which.capacity)
        return false;
    which.capacity = wanted;
    struct entry {
        std::uint64_t key;
        sleepers asleep;
    };
    std::vector<entry> run;
    for (std::uint64_t at = end; at > 0;) {
        for (run.clear(); at > 0 && which.slots[at - 1] != 0; which.slots[--at] = 0)
            run.push_back({which.slots[at - 1], which.asleep[at - 1]});
        for (const entry &each : run) {
            std::uint64_t to = scaled(each.key * count, wanted);
            while (which.slots[to] != 0)
                ++to;
            sim::require(to < wanted + spare_slots, "the keys of the visited set are not spread");
            which.slots[to] = each.key;
            which.asleep[to] = each.asleep;
        }
        at -= at > 0;
    }
    return true;
}

visited_set::added visited_set::add_to(part &into, std::uint64_t key, sleepers asleep) const
{
    for (;;) {
        // What is left of the key once the part is known; the factor takes the part's bits off.
        std::uint64_t at = scaled(key * count, into.capacity);
        std::uint64_t end = into.capacity + spare_slots;
        while (at < end && into.slots[at] != 0 && into.slots[at] != key)
            ++at;
        if (at < end && into.slots[at] == key) {
            sleepers before = into.asleep[at];
            into.asleep[at] = before & asleep;
            return {answer::seen, before};
        }
        if (at < end && (into.used + 1) * 5 <= into.capacity * 4) {
            into.slots[at] = key;
            into.asleep[at] = asleep;
            ++into.used;
            return {answer::fresh, 0};
        }
        if (!grow(into))
            return {answer::full, 0};
    }
}

visited_set::added visited_set::add(std::uint64_t key, sleepers asleep)
{
    key = std::max(key, std::uint64_t{1});
    part &into = parts[scaled(key, count)];
    hold until_added(into.taken, count > 1);
    return add_to(into, key, asleep);
}

} // namespace interfuse
