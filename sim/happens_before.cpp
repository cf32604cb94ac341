// Vector clocks and the edges between tasks.
#include "sim/happens_before.hpp"

#include <algorithm>
#include <vector>

#include <sys/mman.h>

#include "sim/fault.hpp"
#include "sim/step_accesses.hpp"

namespace sim {

history_state the_history;

namespace {

constexpr std::uint32_t clock_max = 1U << 26; // a run adds far less than what is left up to the bits of an epoch

// Clocks of objects, found by address. An entry of an earlier run counts as none.
struct object_entry {
    std::uint32_t run;
    std::uint32_t clock; // index in object_clocks
};
object_entry *objects = nullptr;
std::vector<vector_clock> object_clocks;
std::uint32_t objects_used = 0;

void map_objects()
{
    void *memory = mmap(nullptr, arena_bytes / 4 * sizeof(object_entry), PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    require(memory != MAP_FAILED, "no memory for the clocks of races");
    objects = static_cast<object_entry *>(memory);
}

object_entry &entry_of(const void *object)
{
    return objects[(reinterpret_cast<std::uintptr_t>(object) - arena_base) / 4];
}

void join(vector_clock &into, const vector_clock &other, unsigned tasks)
{
    for (unsigned i = 0; i < tasks; ++i)
        into.of[i] = std::max(into.of[i], other.of[i]);
}

vector_clock &clock_of(object_entry &entry)
{
    if (entry.run != the_history.run) {
        if (objects_used == object_clocks.size())
            object_clocks.emplace_back();
        entry = {the_history.run, objects_used++};
        object_clocks[entry.clock].of.fill(the_history.start);
    }
    return object_clocks[entry.clock];
}

bool order_is_followed()
{
    if (the_run.now != phase::running)
        return false;
    // Where steps are listed there are no clocks, also between two that are.
    return (the_run.watching & watch_steps) != 0 ? steps_are_listed() : (the_run.watching & watch_races) != 0;
}

void tick(unsigned task)
{
    ++the_history.clocks[task].of[task];
}

// Readers of a reader-writer semaphore are before the writers after them, not before other readers.
const void *readers_of(const void *semaphore)
{
    return static_cast<const std::byte *>(semaphore) + 4;
}

} // namespace

bool begin_history()
{
    history_state &h = the_history;
    if (objects == nullptr)
        map_objects();
    bool anew = h.run == 0;
    for (unsigned i = 0; i < tasks_max; ++i)
        h.start = std::max(h.start, h.clocks[i].of[i]);
    if (h.start > clock_max) {
        h.start = 1;
        anew = true;
    }
    ++h.run;
    objects_used = 0;
    for (unsigned i = 0; i < tasks_max; ++i) {
        h.clocks[i].of.fill(h.start);
        h.clocks[i].of[i] = h.start + 1;
    }
    return anew;
}

void acquire(const void *object)
{
    if (!order_is_followed() || object == nullptr)
        return;
    if (steps_are_listed())
        return list_acquired(object);
    object_entry &entry = entry_of(object);
    if (entry.run == the_history.run)
        join(the_history.clocks[current_task()], object_clocks[entry.clock], the_world().task_count);
}

void release(const void *object)
{
    if (!order_is_followed() || object == nullptr)
        return;
    if (steps_are_listed())
        return list_released(object);
    unsigned self = current_task();
    join(clock_of(entry_of(object)), the_history.clocks[self], the_world().task_count);
    tick(self);
}

void order_task_after(unsigned later)
{
    if (!order_is_followed())
        return;
    if (steps_are_listed())
        return list_released(&the_world().tasks[later]);
    unsigned self = current_task();
    join(the_history.clocks[later], the_history.clocks[self], the_world().task_count);
    tick(self);
}

void forget_objects(const void *memory, std::size_t bytes)
{
    std::fill_n(&entry_of(memory), bytes / 4, object_entry{});
}

void follow_order(const event &happened)
{
    const void *object = happened.object;
    if (!in_arena(object))
        return;
    switch (happened.kind) {
    case event_kind::lock:
        if (steps_are_listed())
            list_spinlock(object);
        acquire(object);
        break;
    case event_kind::down:
    case event_kind::read_lock:
    case event_kind::page_lock:
    case event_kind::atomic_read:
    case event_kind::load: // of a page's flags; a lockless field has no clock
        acquire(object);
        break;
    case event_kind::unlock:
    case event_kind::up:
    case event_kind::write_unlock:
    case event_kind::page_unlock:
        release(object);
        break;
    case event_kind::read_unlock:
        release(readers_of(object));
        break;
    case event_kind::write_lock:
        acquire(object);
        acquire(readers_of(object));
        break;
    case event_kind::atomic_inc:
    case event_kind::atomic_dec:
    case event_kind::ref_get:
    case event_kind::ref_put:
    case event_kind::ref_last:
    case event_kind::page_get:
    case event_kind::page_put:
    case event_kind::page_dirty:
    case event_kind::signal_send:
    case event_kind::signal_mask:
    case event_kind::signal_deliver:
    case event_kind::mark: // changes that the virtual file system makes under locks of its own
        acquire_and_release(object);
        break;
    default:
        break;
    }
}

} // namespace sim
