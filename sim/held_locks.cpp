// Following the locks that tasks hold.
#include "sim/held_locks.hpp"

#include <algorithm>
#include <array>

#include "sim/arena.hpp"
#include "sim/chain.hpp"
#include "sim/fault.hpp"
#include "sim/world.hpp"

namespace sim {

std::array<std::uint32_t, tasks_max> held_sets;

namespace {

constexpr unsigned held_max = 48; // a readahead locks up to 32 pages

struct holder {
    unsigned count;
    std::array<held_lock, held_max> locks;
    std::array<std::uint32_t, held_max + 1> sets; // of so many locks
};
std::array<holder, tasks_max> holders;
chain_list sets;

// The sets of the locks from one on.
void note_sets(holder &h, unsigned first)
{
    for (unsigned i = first; i < h.count; ++i)
        h.sets[i + 1] = sets.extend(h.sets[i], reinterpret_cast<std::uintptr_t>(h.locks[i].object));
    held_sets[static_cast<std::size_t>(&h - holders.data())] = h.sets[h.count];
}

void add(const event &happened)
{
    holder &h = holders[current_task()];
    require(h.count < held_max, "a task holds more locks at once than can be followed");
    held_lock &taken = h.locks[h.count++];
    taken.object = happened.object;
    taken.where = happened.where;
    taken.kind = happened.kind;
    note_sets(h, h.count - 1);
}

// The one taken last goes first: a reader may be in twice.
bool take_from(holder &h, const void *object)
{
    for (unsigned i = h.count; i-- > 0;) {
        if (h.locks[i].object != object)
            continue;
        std::copy(h.locks.begin() + i + 1, h.locks.begin() + h.count, h.locks.begin() + i);
        --h.count;
        note_sets(h, i);
        return true;
    }
    return false;
}

// A page may be unlocked by another task than the one that locked it.
void remove(const void *object)
{
    if (take_from(holders[current_task()], object))
        return;
    for (unsigned i = 0; i < the_world().task_count; ++i)
        if (take_from(holders[i], object))
            return;
}

} // namespace

void begin_held_locks()
{
    for (unsigned i = 0; i < tasks_max; ++i) {
        holders[i].count = 0;
    }
    held_sets.fill(0);
    sets.forget();
}

void follow_held_locks(const event &happened)
{
    switch (happened.kind) {
    case event_kind::lock:
    case event_kind::read_lock:
    case event_kind::write_lock:
    case event_kind::page_lock:
        add(happened);
        break;
    case event_kind::unlock:
    case event_kind::read_unlock:
    case event_kind::write_unlock:
    case event_kind::page_unlock:
        remove(happened.object);
        break;
    default:
        break;
    }
}

std::span<const held_lock> locks_held_by(unsigned task)
{
    return {holders[task].locks.data(), holders[task].count};
}

std::vector<const void *> objects_in(std::uint32_t held_set)
{
    std::vector<const void *> found;
    for (; held_set != 0; held_set = sets.tail_of(held_set))
        found.insert(found.begin(), reinterpret_cast<const void *>(sets.word_of(held_set)));
    return found;
}

} // namespace sim
