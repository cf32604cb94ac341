// The last accesses to each byte, and their order.
#include "sim/races.hpp"

#include <algorithm>
#include <optional>

#include "sim/call_chain.hpp"
#include "sim/happens_before.hpp"
#include "sim/held_locks.hpp"
#include "sim/location.hpp"
#include "sim/lock_order.hpp"
#include "sim/lockless_need.hpp"
#include "sim/race_report.hpp"
#include "sim/stack_words.hpp"
#include "sim/step_accesses.hpp"

namespace sim {

constinit stack_word_state the_stack_words;

namespace {

// The access that is under way.
class now {
public:
    now(access_way way, std::uint32_t site)
        : way(way), task(current_task()), when(epoch_of(task)), site(site), clock(the_history.clocks[task])
    {
    }

    bool writes() const { return is_write(way); }
    bool is_lockless() const { return sim::is_lockless(way); }
    bool follows(const access_record &other) const
    {
        return other.when >> epoch_task_bits <= clock.of[other.when & (tasks_max - 1)];
    }
    // Made when it is first asked for, since most accesses are known already.
    [[gnu::always_inline]] const access_record &record() const
    {
        if (made.when == 0) {
            made = {when, add_scene({site, calls_now(), held_set_of(task)})};
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

// The accesses of the list that an access conflicts with, in the order of tasks and ways: that of the list depends on
// earlier runs.
[[gnu::noinline]] std::optional<raced_access> find_other(const location &at, const now &access, auto conflicts)
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
[[gnu::always_inline]] inline std::optional<raced_access> find_race(const location &at, const now &access)
{
    if (!access.follows(at.write))
        return raced_access{at.write, at.freed ? access_way::free : access_way::write};
    if (access.writes() && !access.follows(at.read))
        return raced_access{at.read, access_way::read};
    if (at.others == 0) [[likely]]
        return {};
    return find_other(at, access, [&](access_way other) { return conflict(access.way, other); });
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

// What later accesses are compared with. A write comes after everything that was before it, or there is a race.
// REQUIRES: it is not lockless.
void note(location &at, const now &access)
{
    if (access.writes()) {
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

// A lockless access: true if it races with nothing, and then it is kept.
bool keep_lockless(location &at, const now &access, std::size_t word)
{
    if (!access.follows(at.write) || (access.writes() && !access.follows(at.read)))
        return false;
    further *own = nullptr;
    bool meets = false;
    for (std::uint32_t i = at.others; i != 0; i = further_accesses[i].next) {
        further &other = further_accesses[i];
        if ((other.record.when & (tasks_max - 1)) == access.task) {
            if (other.way == access.way)
                own = &other;
        } else if (!access.follows(other.record) && (access.writes() || is_write(other.way))) {
            if (conflict(access.way, other.way))
                return false;
            meets = true;
        }
    }
    if (meets && at.need != the_history.run) {
        at.need = the_history.run;
        note_lockless_need(access.site, address_of(word, lowest_byte(at)));
    }
    if (own == nullptr)
        add_other(at, {access.record(), 0, access.way});
    else if (own->record.when != access.when)
        own->record = access.record();
    return true;
}

// Nothing is new since the task's last look at it: whatever raced with this would race with that one.
bool is_known(const location &at, const now &access)
{
    return at.write.when == access.when || (access.way == access_way::read && at.read.when == access.when);
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
        if (is_known(at, access) || byte >= lowest || (access.is_lockless() && keep_lockless(at, access, word)))
            return;
        if (std::optional<raced_access> race = find_race(at, access)) {
            found = race;
            lowest = byte;
        } else {
            note(at, access);
        }
    });
    if (found)
        tell(*found, access, word, lowest);
}

[[gnu::noinline]] void watch_whole(location &at, const now &access, std::size_t word)
{
    if (access.is_lockless() && keep_lockless(at, access, word))
        return;
    if (std::optional<raced_access> race = find_race(at, access)) [[unlikely]]
        tell(*race, access, word, lowest_byte(at));
    note(at, access);
}

[[gnu::always_inline]] inline void watch_word(std::size_t word, unsigned bytes, const now &access)
{
    if (is_passed_over(word))
        return;
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
template <typename Visit>
[[gnu::always_inline]] inline void for_words(std::size_t offset, std::size_t size, Visit visit)
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
    map_locations();
    access_scenes.count = 0;
    begin_call_chains();
    if (begin_history())
        forget_locations();
}

void keep_access(location &at, epoch when, const access &touched)
{
    access_record record = {when, add_scene({site_of(touched.pc), calls_now(), held_set_of(current_task())})};
    if (touched.write) {
        at.write = record;
        at.freed = false;
        at.read = {};
    } else {
        at.read = record;
    }
}

void watch_race_slowly(const access &touched)
{
    watch_range(touched.address, touched.bytes,
                now(touched.write ? access_way::write : access_way::read, site_of(touched.pc)));
}

static access_way way_of(const access &touched, bool guarded)
{
    if (is_undeclared(touched.address))
        return touched.write ? access_way::write : access_way::read;
    if (guarded)
        return touched.write ? access_way::guarded_write : access_way::guarded_read;
    return touched.write ? access_way::lockless_write : access_way::lockless_read;
}

void watch_lockless(const access &touched, bool guarded)
{
    if (steps_are_listed())
        list_access(touched, way_of(touched, guarded));
    else if (races_watched())
        watch_range(touched.address, touched.bytes, now(way_of(touched, guarded), site_of(touched.pc)));
}

void begin_life(const void *memory, std::size_t bytes)
{
    if ((the_run.watching & watch_locks) != 0)
        forget_lock_classes();
    if (steps_are_listed())
        list_birth(memory, bytes);
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
    if (steps_are_listed())
        list_free(memory, bytes, where);
    if (races_watched())
        watch_range(memory, bytes, now(access_way::free, site_of(where)));
}

} // namespace sim
