// A table of hashes.
#include "checker/search/visited_set.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include <sched.h>
#include <sys/mman.h>

#include "sim/fault.hpp"

namespace interfuse {

namespace {

constexpr std::uint64_t capacity_least = 32; // blocks
constexpr std::uint64_t spare_blocks = 256;  // behind the end; a run of keys that fills them makes the part grow
constexpr std::size_t huge_page = std::size_t{2} << 20;
constexpr int collapse = 25; // MADV_COLLAPSE, of Linux 6.1

std::size_t rounded_up(std::size_t bytes, std::size_t to)
{
    return (bytes + to - 1) / to * to;
}

// The upper half of the product: keys are spread evenly over any capacity, in their order.
std::uint64_t scaled(std::uint64_t key, std::uint64_t capacity)
{
    return static_cast<std::uint64_t>((static_cast<unsigned __int128>(key) * capacity) >> 64);
}

// Slots of a block that hold the key or nothing, by bits; without a branch for each, as none could be foreseen.
template <unsigned words, unsigned slots> unsigned slots_for(const std::uint64_t *keys, const state_key &key)
{
    unsigned found = 0;
    for (unsigned slot = 0; slot < slots; ++slot) {
        const std::uint64_t *there = keys + slot * words;
        bool same = (there[0] == key.low) & (words == 1 || there[words - 1] == key.high);
        found |= static_cast<unsigned>(same | (there[0] == 0)) << slot;
    }
    return found;
}

// Address space that begins with a huge page.
std::byte *map_aligned(std::size_t bytes, bool shared)
{
    std::size_t reserved = bytes + huge_page;
    void *all = mmap(nullptr, reserved, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    sim::require(all != MAP_FAILED, "no memory for the visited set");
    auto begin = static_cast<std::byte *>(all);
    std::byte *aligned = begin + (rounded_up(reinterpret_cast<std::uintptr_t>(begin), huge_page) -
                                  reinterpret_cast<std::uintptr_t>(begin));
    if (aligned > begin)
        munmap(begin, static_cast<std::size_t>(aligned - begin));
    if (std::byte *end = begin + reserved; end > aligned + bytes)
        munmap(aligned + bytes, static_cast<std::size_t>(end - (aligned + bytes)));
    int sharing = shared ? MAP_SHARED : MAP_PRIVATE;
    void *memory = mmap(aligned, bytes, PROT_READ | PROT_WRITE,
                        sharing | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
    sim::require(memory != MAP_FAILED, "no memory for the visited set");
    return aligned;
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
    : count(parts_wanted), words_of_key(wide ? 2 : 1), capacity_seen(parts_wanted, capacity_least)
{
    std::uint64_t blocks_max = bytes_max / count / bytes_of_block();
    capacity_max = std::max(blocks_max, capacity_least + spare_blocks) - spare_blocks;
    bytes_of_part = rounded_up((capacity_max + spare_blocks) * bytes_of_block(), huge_page);
    mapped_bytes = huge_page + count * bytes_of_part;
    memory = map_aligned(mapped_bytes, count > 1);
    // Keys lie far from each other. Not every kernel has such pages, and none shares them between processes unasked.
    if (count == 1)
        madvise(blocks_of_part(0), bytes_of_part, MADV_HUGEPAGE);
    sim::require(count * sizeof(part) <= huge_page, "too many parts of the visited set");
    parts = reinterpret_cast<part *>(memory);
    for (unsigned i = 0; i < count; ++i) {
        parts[i].capacity = capacity_least;
        parts[i].blocks = blocks_of_part(i);
    }
}

visited_set::~visited_set()
{
    munmap(memory, mapped_bytes);
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
    return sum * bytes_of_block();
}

unsigned visited_set::index_of_part(const state_key &key) const
{
    return static_cast<unsigned>(scaled(key.low, count));
}

// The block where a key belongs, by what is left of it once the part is known; the factor takes the part's bits off.
std::uint64_t visited_set::home(const state_key &key, std::uint64_t capacity) const
{
    return scaled(key.low * count, capacity);
}

// A block is an array of keys, of which 0 in the first word is none, and one of sleepers.
state_key visited_set::key_at(const part &in, location at) const
{
    auto words = reinterpret_cast<const std::uint64_t *>(block_at(in, at.block)) + at.slot * words_of_key;
    return {words[0], words_of_key == 2 ? words[1] : 0};
}

void visited_set::put(const part &into, location at, const state_key &key) const
{
    auto words = reinterpret_cast<std::uint64_t *>(block_at(into, at.block)) + at.slot * words_of_key;
    words[0] = key.low;
    if (words_of_key == 2)
        words[1] = key.high;
}

visited_set::sleepers visited_set::asleep_at(const part &in, location at) const
{
    std::size_t keys = slots_of_block() * words_of_key * sizeof(std::uint64_t);
    return reinterpret_cast<const sleepers *>(block_at(in, at.block) + keys)[at.slot];
}

void visited_set::put_asleep(const part &into, location at, sleepers asleep) const
{
    std::size_t keys = slots_of_block() * words_of_key * sizeof(std::uint64_t);
    reinterpret_cast<sleepers *>(block_at(into, at.block) + keys)[at.slot] = asleep;
}

bool visited_set::is_full(const part &in, std::uint64_t block) const
{
    return key_at(in, {block, slots_of_block() - 1}).low != 0;
}

// The slot of the key, or the free one where it belongs, or the end. `from`: its home.
visited_set::location visited_set::find(const part &in, std::uint64_t from, const state_key &key) const
{
    std::uint64_t end = in.capacity + spare_blocks;
    for (std::uint64_t block = from; block < end; ++block) {
        auto keys = reinterpret_cast<const std::uint64_t *>(block_at(in, block));
        if (unsigned slots = words_of_key == 1 ? slots_for<1, 6>(keys, key) : slots_for<2, 7>(keys, key); slots != 0)
            return {block, static_cast<unsigned>(std::countr_zero(slots))};
    }
    return {end, 0};
}

// Runs of blocks that are full but for the last move one by one, the last run first: its keys are taken out and put where
// they belong by the new capacity, which is nowhere below, hence never among those that have not moved yet.
bool visited_set::grow(part &which) const
{
    std::uint64_t before = which.capacity;
    std::uint64_t wanted = std::min(before + before / 4, capacity_max);
    if (wanted == before)
        return false;
    which.capacity = wanted;
    ask_for_huge_pages(which, before);
    struct entry {
        state_key key;
        sleepers asleep;
    };
    std::vector<entry> run;
    for (std::uint64_t end = before + spare_blocks; end > 0;) {
        run.clear();
        do {
            --end;
            for (unsigned slot = 0; slot < slots_of_block() && key_at(which, {end, slot}).low != 0; ++slot)
                run.push_back({key_at(which, {end, slot}), asleep_at(which, {end, slot})});
            if (key_at(which, {end, 0}).low != 0)
                std::memset(block_at(which, end), 0, bytes_of_block());
        } while (end > 0 && is_full(which, end - 1));
        for (const entry &each : run) {
            location to = find(which, home(each.key, wanted), {});
            sim::require(to.block < wanted + spare_blocks, "the keys of the visited set are not spread");
            put(which, to, each.key);
            put_asleep(which, to, each.asleep);
        }
    }
    return true;
}

// Of those that are now whole. Where nothing has been touched yet a kernel gives none, and where it has none to give it leaves
// things as they are.
void visited_set::ask_for_huge_pages(const part &of, std::uint64_t capacity_before) const
{
    if (count == 1)
        return;
    std::size_t from = capacity_before * bytes_of_block() / huge_page * huge_page;
    std::size_t to = of.capacity * bytes_of_block() / huge_page * huge_page;
    for (std::size_t page = from; page < to; page += huge_page)
        static_cast<void>(*static_cast<volatile std::byte *>(of.blocks + page));
    if (to > from)
        madvise(of.blocks + from, to - from, collapse);
}

visited_set::added visited_set::add_to(part &into, const state_key &key, sleepers asleep) const
{
    for (;;) {
        location at = find(into, home(key, into.capacity), key);
        bool has_room = at.block < into.capacity + spare_blocks;
        if (has_room && key_at(into, at) == key) {
            sleepers before = asleep_at(into, at);
            put_asleep(into, at, before & asleep);
            return {answer::seen, before};
        }
        if (has_room && (into.used + 1) * 7 <= into.capacity * slots_of_block() * 6) {
            put(into, at, key);
            put_asleep(into, at, asleep);
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
    unsigned index = index_of_part(key);
    part &into = parts[index];
    hold until_added(into.taken, count > 1);
    added result = add_to(into, key, asleep);
    capacity_seen[index] = into.capacity;
    return result;
}

std::byte *visited_set::blocks_of_part(unsigned index) const
{
    return memory + huge_page + index * bytes_of_part;
}

void visited_set::prefetch(state_key key) const
{
    unsigned index = index_of_part(key);
    __builtin_prefetch(parts + index, 1);
    const std::byte *block = blocks_of_part(index) + home(key, capacity_seen[index]) * bytes_of_block();
    __builtin_prefetch(block);
    if (words_of_key == 2)
        __builtin_prefetch(block + 64);
}

bool visited_set::contains(state_key key) const
{
    key.low = std::max(key.low, std::uint64_t{1});
    const part &in = parts[index_of_part(key)];
    location at = find(in, home(key, in.capacity), key);
    return at.block < in.capacity + spare_blocks && key_at(in, at) == key;
}

} // namespace interfuse
