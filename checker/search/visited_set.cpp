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

visited_set::visited_set(std::size_t bytes_max, unsigned parts_wanted, bool wide)
    : count(parts_wanted), words_of_key(wide ? 2 : 1)
{
    std::uint64_t slots_of_part = bytes_max / count / bytes_of_slot() / slots_a_page * slots_a_page;
    capacity_max = std::max(slots_of_part, capacity_least + spare_slots) - spare_slots;
    std::uint64_t reserved = capacity_max + spare_slots;
    std::size_t heads = (count * sizeof(part) + 4095) / 4096 * 4096;
    mapped_bytes = heads + count * reserved * bytes_of_slot();
    int sharing = count == 1 ? MAP_PRIVATE : MAP_SHARED;
    void *memory = mmap(nullptr, mapped_bytes, PROT_READ | PROT_WRITE, sharing | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    sim::require(memory != MAP_FAILED, "no memory for the visited set");
    // Keys lie far from each other. Not every kernel has such pages, and none shares them between processes unasked.
    if (count == 1)
        madvise(memory, mapped_bytes, MADV_HUGEPAGE);
    parts = static_cast<part *>(memory);
    auto slots = reinterpret_cast<std::uint64_t *>(static_cast<std::byte *>(memory) + heads);
    auto asleep = reinterpret_cast<sleepers *>(slots + count * reserved * words_of_key);
    for (unsigned i = 0; i < count; ++i) {
        parts[i].capacity = capacity_least;
        parts[i].slots = slots + i * reserved * words_of_key;
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
    return sum * bytes_of_slot();
}

visited_set::part &visited_set::part_of(const state_key &key) const
{
    return parts[scaled(key.low, count)];
}

state_key visited_set::key_at(const part &in, std::uint64_t slot) const
{
    const std::uint64_t *words = in.slots + slot * words_of_key;
    return {words[0], words_of_key == 2 ? words[1] : 0};
}

void visited_set::put(const part &into, std::uint64_t slot, const state_key &key) const
{
    std::uint64_t *words = into.slots + slot * words_of_key;
    words[0] = key.low;
    if (words_of_key == 2)
        words[1] = key.high;
}

// The slot of the key, or the free one where it belongs, or the end.
std::uint64_t visited_set::find(const part &in, const state_key &key) const
{
    // What is left of the key once the part is known; the factor takes the part's bits off.
    std::uint64_t at = scaled(key.low * count, in.capacity);
    std::uint64_t end = in.capacity + spare_slots;
    while (at < end && in.slots[at * words_of_key] != 0 && key_at(in, at) != key)
        ++at;
    return at;
}

// Runs of keys move one by one, the last one first: each is taken out and its keys put where they belong by the new
// capacity, which is nowhere below, hence never among those that have not moved yet.
bool visited_set::grow(part &which) const
{
    std::uint64_t end = which.capacity + spare_slots;
    std::uint64_t wanted = std::min(which.capacity + which.capacity / 4, capacity_max);
    if (wanted == which.capacity)
        return false;
    which.capacity = wanted;
    struct entry {
        state_key key;
        sleepers asleep;
    };
    std::vector<entry> run;
    for (std::uint64_t at = end; at > 0;) {
        for (run.clear(); at > 0 && key_at(which, at - 1).low != 0; put(which, --at, {}))
            run.push_back({key_at(which, at - 1), which.asleep[at - 1]});
        for (const entry &each : run) {
            std::uint64_t to = scaled(each.key.low * count, wanted);
            while (key_at(which, to).low != 0)
                ++to;
            sim::require(to < wanted + spare_slots, "the keys of the visited set are not spread");
            put(which, to, each.key);
            which.asleep[to] = each.asleep;
        }
        at -= at > 0;
    }
    return true;
}

visited_set::added visited_set::add_to(part &into, const state_key &key, sleepers asleep) const
{
    for (;;) {
        std::uint64_t at = find(into, key);
        std::uint64_t end = into.capacity + spare_slots;
        if (at < end && key_at(into, at) == key) {
            sleepers before = into.asleep[at];
            into.asleep[at] = before & asleep;
            return {answer::seen, before};
        }
        if (at < end && (into.used + 1) * 5 <= into.capacity * 4) {
            put(into, at, key);
            into.asleep[at] = asleep;
            ++into.used;
            return {answer::fresh, 0};
        }
        if (!grow(into))
            return {answer::full, 0};
    }
}

visited_set::added visited_set::add(state_key key, sleepers asleep)
{
    key.low = std::max(key.low, std::uint64_t{1});
    part &into = part_of(key);
    hold until_added(into.taken, count > 1);
    return add_to(into, key, asleep);
}

void visited_set::prefetch(state_key key) const
{
    const part &in = part_of(key);
    std::uint64_t at = scaled(key.low * count, in.capacity);
    __builtin_prefetch(in.slots + at * words_of_key);
    __builtin_prefetch(in.asleep + at);
}

bool visited_set::contains(state_key key) const
{
    key.low = std::max(key.low, std::uint64_t{1});
    const part &in = part_of(key);
    std::uint64_t at = find(in, key);
    return at < in.capacity + spare_slots && key_at(in, at) == key;
}

} // namespace interfuse
