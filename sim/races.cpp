// The last accesses to each byte, and their order.
#include "sim/races.hpp"

#include <algorithm>
#include <bit>
#include <optional>
#include <vector>

#include <sys/mman.h>

#include "sim/call_chain.hpp"
#include "sim/fault.hpp"
#include "sim/happens_before.hpp"
#include "sim/held_locks.hpp"
#include "sim/lock_order.hpp"
#include "sim/lockless_need.hpp"
#include "sim/race_report.hpp"

namespace sim {

namespace {

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

constexpr std::size_t words = arena_bytes / 8;
location *first_locations = nullptr; // by word of the arena
std::vector<location> more_locations;
std::vector<further> further_accesses;
std::uint32_t free_further = 0;

location *map_locations()
{
    void *memory = mmap(nullptr, words * sizeof(location), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    require(memory != MAP_FAILED, "no memory for the locations of races");
    return static_cast<location *>(memory);
}

void forget_everything()
{
    int err = madvise(first_locations, words * sizeof(location), MADV_DONTNEED);
    require(err == 0, "the locations of races could not be cleared");
    more_locations.assign(1, {});
    further_accesses.assign(1, {});
    free_further = 0;
}

// The access that is under way.
class now {
public:
    now(access_way way, std::uint32_t site)
        : way(way), task(current_task()), when(epoch_of(task)), site(site), clock(the_history.clocks[task])
    {
    }

    bool writes() const { return way == access_way::write || way == access_way::lockless_write || way == access_way::free; }
    bool is_lockless() const { return way == access_way::lockless_read || way == access_way::lockless_write; }
    bool follows(const access_record &other) const
    {
        return other.when >> epoch_task_bits <= clock.of[other.when & (tasks_max - 1)];
    }
    // Made when it is first asked for, since most accesses are known already.
    const access_record &record() const
    {
        if (made.when == 0) {
            made = {when, static_cast<std::uint32_t>(access_scenes.size())};
            access_scenes.push_back({site, calls_now(), held_set_of(task)});
        }
        return made;
    }

    const access_way way;
    const unsigned task;
    const epoch when;
    const std::uint32_t site;

private:
    const vector_clock &clock;
    mutable access_record made = {};
};

bool is_write(access_way way)
{
    return way == access_way::lockless_write;
}

// The accesses of the list that an access conflicts with, in the order of tasks and ways: that of the list depends on earlier runs.
std::optional<raced_access> find_other(const location &at, const now &access, auto conflicts)
{
    std::optional<raced_access> found;
    auto rank = [](const access_record &record, access_way way) {
        return (record.when & (tasks_max - 1)) * 8 + static_cast<unsigned>(way);
    };
    for (std::uint32_t i = at.others; i != 0; i = further_accesses[i].next) {
        const further &other = further_accesses[i];
        if (access.follows(other.record) || !conflicts(other.way))
            continue;
        if (!found || rank(other.record, other.way) < rank(found->record, found->way))
            found = {other.record, other.way};
    }
    return found;
}

// An earlier access that races with this one.
std::optional<raced_access> find_race(const location &at, const now &access)
{
    if (!access.follows(at.write))
        return raced_access{at.write, at.freed ? access_way::free : access_way::write};
    if (access.writes() && !access.follows(at.read))
        return raced_access{at.read, access_way::read};
    if (at.others == 0) [[likely]]
        return {};
    return find_other(at, access, [&](access_way other) {
        bool both_lockless = access.is_lockless() && other != access_way::read;
        return !both_lockless && (access.writes() || is_write(other));
    });
}

void drop_others(location &at)
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

void note_other(location &at, const now &access)
{
    for (std::uint32_t i = at.others; i != 0; i = further_accesses[i].next) {
        further &other = further_accesses[i];
        if ((other.record.when & (tasks_max - 1)) != access.task || other.way != access.way)
            continue;
        if (other.record.when != access.when)
            other.record = access.record();
        return;
    }
    add_other(at, {access.record(), 0, access.way});
}

unsigned lowest_byte(const location &at)
{
    return static_cast<unsigned>(std::countr_zero(at.bytes));
}

const void *address_of(std::size_t word, unsigned byte)
{
    return reinterpret_cast<const void *>(arena_base + word * 8 + byte);
}

void note_need(location &at, const now &access, std::size_t word)
{
    if (at.need == the_history.run || at.others == 0)
        return;
    auto met = find_other(at, access, [&](access_way other) {
        return other != access_way::read && (access.writes() || is_write(other));
    });
    if (!met)
        return;
    at.need = the_history.run;
    note_lockless_need(access.site, address_of(word, lowest_byte(at)));
}

// What later accesses are compared with. A write comes after everything that was before it, or there is a race.
void note(location &at, const now &access, std::size_t word)
{
    if (access.is_lockless()) {
        note_need(at, access, word);
        note_other(at, access);
    } else if (access.writes()) {
        at.write = access.record();
        at.freed = access.way == access_way::free;
        at.read = {};
        drop_others(at);
    } else if (access.follows(at.read)) {
        at.read = access.record();
    } else {
        note_other(at, access);
    }
}

// Nothing is new since the task's last look at it: whatever raced with this would race with that one.
bool is_known(const location &at, const now &access)
{
    return at.write.when == access.when || (access.way == access_way::read && at.read.when == access.when);
}

// Leaves only some bytes to a location; the rest gets one of its own with the same accesses.
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

location &location_at(std::size_t word, std::uint32_t index)
{
    return index == 0 ? first_locations[word] : more_locations[index];
}

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

[[noreturn]] void tell(const raced_access &first, const now &access, std::size_t word, unsigned byte)
{
    report_race(first, {access.record(), access.way}, address_of(word, byte));
}

// Of several races in a word the one at its lowest byte is told of.
[[gnu::noinline]] void watch_parts(std::size_t word, unsigned bytes, const now &access)
{
    unsigned lowest = 8;
    std::optional<raced_access> found;
    for_locations(word, bytes, [&](location &at) {
        unsigned byte = lowest_byte(at);
        if (is_known(at, access) || byte >= lowest)
            return;
        if (std::optional<raced_access> race = find_race(at, access)) {
            found = race;
            lowest = byte;
        } else {
            note(at, access, word);
        }
    });
    if (found)
        tell(*found, access, word, lowest);
}

[[gnu::noinline]] void watch_whole(location &at, const now &access, std::size_t word)
{
    if (std::optional<raced_access> race = find_race(at, access)) [[unlikely]]
        tell(*race, access, word, lowest_byte(at));
    note(at, access, word);
}

[[gnu::always_inline]] inline void watch_word(std::size_t word, unsigned bytes, const now &access)
{
    location &at = first_locations[word];
    if (at.bytes != bytes)
        return watch_parts(word, bytes, access);
    if (is_known(at, access))
        return;
    bool is_simple = at.others == 0 && !access.is_lockless() && access.follows(at.write) && access.follows(at.read);
    if (!is_simple)
        return watch_whole(at, access, word);
    // As in note.
    if (access.writes()) {
        at.write = access.record();
        at.freed = access.way == access_way::free;
        at.read = {};
    } else {
        at.read = access.record();
    }
}

// Calls visit(word, bytes) for each word of the arena that a range of memory has a part of.
template <typename Visit> [[gnu::always_inline]] inline void for_words(std::size_t offset, std::size_t size, Visit visit)
{
    for (std::size_t end = offset + size; offset < end;) {
        std::size_t first = offset % 8, count = std::min(8 - first, end - offset);
        visit(offset / 8, ((1U << count) - 1) << first);
        offset += count;
    }
}

[[gnu::always_inline]] inline void watch_range(const void *memory, std::size_t size, const now &access)
{
    std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(memory) - arena_base;
    if (offset % 8 + size <= 8 && offset < arena_bytes) [[likely]]
        return watch_word(offset / 8, ((1U << size) - 1) << offset % 8, access);
    if (offset + size <= arena_bytes && offset < arena_bytes)
        for_words(offset, size, [&](std::size_t word, unsigned bytes) { watch_word(word, bytes, access); });
}

} // namespace

void begin_races()
{
    if (first_locations == nullptr)
        first_locations = map_locations();
    access_scenes.clear();
    if (begin_history())
        forget_everything();
}

void watch_race(const access &touched)
{
    if (!races_watched())
        return;
    watch_range(touched.address, touched.bytes,
                now(touched.write ? access_way::write : access_way::read, site_of(touched.pc)));
}

void watch_lockless(const access &touched)
{
    if (!races_watched())
        return;
    if (is_undeclared(touched.address))
        return watch_race(touched);
    watch_range(touched.address, touched.bytes,
                now(touched.write ? access_way::lockless_write : access_way::lockless_read, site_of(touched.pc)));
}

void begin_life(const void *memory, std::size_t bytes)
{
    if ((the_run.watching & watch_locks) != 0)
        forget_lock_classes();
    if (!races_watched())
        return;
    forget_objects(memory, bytes);
    for_words(reinterpret_cast<std::uintptr_t>(memory) - arena_base, bytes, [](std::size_t word, unsigned) {
        for (std::uint32_t index = 0;; index = location_at(word, index).next) {
            location &at = location_at(word, index);
            at.write = at.read = {};
            drop_others(at);
            if (at.next == 0)
                return;
        }
    });
}

void end_life(const void *memory, std::size_t bytes, const place &where)
{
    if (races_watched())
        watch_range(memory, bytes, now(access_way::free, site_of(where)));
}

} // namespace sim
