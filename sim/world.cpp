// Saving, restoring and hashing a world.
#include "sim/world.hpp"

#include <cstring>

#include <xxhash.h>

#include "sim/fault.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace sim {
namespace {

std::size_t variables_used = 0;

// Calls visit(start, bytes) for each live range, in address order.
template <typename Visit> void for_live_ranges(Visit visit)
{
    const world &w = the_world();
    // The part of the task table that is in use, then variables and heap.
    visit(reinterpret_cast<std::byte *>(arena_base), offsetof(world, tasks) + w.task_count * sizeof(task));
    constexpr std::size_t rest = offsetof(world, variables);
    visit(reinterpret_cast<std::byte *>(arena_base + rest), w.heap_used - rest);
    for (unsigned i = 0; i < w.task_count; ++i) {
        const task &t = w.tasks[i];
        if (t.status == task_status::ended)
            continue;
        std::byte *low = static_cast<std::byte *>(t.context);
        visit(low, static_cast<std::size_t>(stack_top(i) - low));
    }
    if (!w.shadowed)
        return;
    visit(reinterpret_cast<std::byte *>(shadow_base), (w.heap_used + 7) / 8 * sizeof(shadow_word));
    auto *tables = reinterpret_cast<std::byte *>(frame_tables_base);
    visit(tables, offsetof(frame_tables, tasks) + w.task_count * sizeof(task_frames));
    visit(tables + offsetof(frame_tables, escaped), the_frame_tables().count * sizeof(escaped_pointer));
}

} // namespace

void reset_world(std::uint32_t page_size)
{
    map_arena();
    world &w = the_world();
    std::memset(&w, 0, sizeof w);
    w.heap_used = offsetof(world, variables) + variables_used;
    w.page_size = page_size;
    w.current = tasks_max;
    w.shadowed = (the_run.watching & watch_memory) != 0;
    if (!w.shadowed)
        return;
    std::memset(reinterpret_cast<void *>(shadow_base), 0, shadow_bytes);
    reset_frames();
}

std::uint64_t hash_world()
{
    require(the_world().current == tasks_max, "a world is hashed while one of its tasks runs");
    settle_stores();
    std::uint64_t hash = 0;
    for_live_ranges([&](const std::byte *start, std::size_t bytes) { hash = XXH3_64bits_withSeed(start, bytes, hash); });
    return hash;
}

std::size_t live_bytes()
{
    settle_stores();
    std::size_t total = 0;
    for_live_ranges([&](const std::byte *, std::size_t size) { total += size; });
    return total;
}

void copy_world(std::byte *to)
{
    require(the_world().current == tasks_max, "a world is saved while one of its tasks runs");
    settle_stores();
    for_live_ranges([&](const std::byte *start, std::size_t size) {
        std::memcpy(to, start, size);
        to += size;
    });
}

void restore_world(const std::byte *from)
{
    // The heap's size is in the header, which comes first, and the stacks' extents are in the heap's task table:
    // each range is known once the ranges before it are back.
    forget_stores();
    the_memory_watch.suspects = false;
    std::size_t used = the_world().heap_used;
    std::memcpy(&the_world(), from, offsetof(world, tasks));
    for_live_ranges([&](std::byte *start, std::size_t size) {
        std::memcpy(start, from, size);
        from += size;
    });
    // Nothing of the world before is left in the shadow beyond the heap's end: no run depends on earlier ones.
    std::size_t end = (the_world().heap_used + 7) / 8, marked = (used + 7) / 8;
    if (the_world().shadowed && marked > end)
        std::memset(reinterpret_cast<shadow_word *>(shadow_base) + end, 0, (marked - end) * sizeof(shadow_word));
}

void saved_world::save()
{
    bytes.resize(live_bytes());
    copy_world(bytes.data());
}

void saved_world::restore() const
{
    restore_world(bytes.data());
}

std::size_t reserve_variable(std::size_t bytes, std::size_t alignment)
{
    std::size_t start = (variables_used + alignment - 1) / alignment * alignment;
    variables_used = start + bytes;
    require(variables_used <= variables_bytes, "module variables do not fit into the world");
    return start;
}

} // namespace sim
