// What lies where in the arena that a search walks in.
#pragma once

#include <cstddef>

#include "sim/arena.hpp"
#include "sim/footprint.hpp"
#include "sim/world.hpp"

namespace interfuse {

inline constexpr std::size_t header_bytes = offsetof(sim::world, tasks);
inline constexpr sim::word_index first_word = header_bytes / 8; // behind the header

inline unsigned owner_of_stack_word(sim::word_index word)
{
    return static_cast<unsigned>((word - sim::first_stack_word) / (sim::stack_stride / 8));
}

// A task's saved stack pointer, which counts with its stack.
inline bool is_a_context(sim::word_index word)
{
    std::size_t offset = (word - first_word) * sizeof(std::uint64_t);
    return offset < sizeof(sim::world::tasks) && offset % sizeof(sim::task) == offsetof(sim::task, context);
}

// What a task has on its stack while it does not run; nothing once it has ended.
struct live_stack {
    const std::byte *low = nullptr;
    std::size_t bytes = 0;
};

inline live_stack stack_of(unsigned task)
{
    const sim::task &t = sim::the_world().tasks[task];
    if (t.status == sim::task_status::ended || t.status == sim::task_status::unused)
        return {};
    auto low = static_cast<const std::byte *>(t.context);
    return {low, static_cast<std::size_t>(sim::stack_top(task) - low)};
}

} // namespace interfuse
