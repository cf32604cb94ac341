// What the memory watcher reads belongs to a step's footprint, though where it is inlined nobody reports its loads.
#pragma once

#include <algorithm>

#include "sim/dead_frames.hpp"
#include "sim/footprint.hpp"
#include "sim/shadow.hpp"

namespace sim {

// Of memory that is touched, the marks that say whether it may be.
inline void note_marks_of(const void *address, std::size_t bytes)
{
    std::size_t offset = reinterpret_cast<std::uintptr_t>(address) - arena_base;
    if (!the_footprint.recording || !is_shadowed() || offset >= heap_bytes || bytes == 0)
        return;
    const shadow_word *first = &shadow_at(offset);
    const shadow_word *last = &shadow_at(std::min(offset + bytes, heap_bytes) - 1);
    note_touched(first, static_cast<std::size_t>(last + 1 - first) * sizeof *first, false);
}

// Of a call that returns, whether an address of its frame has escaped.
inline void note_escapes_of(unsigned task)
{
    if (the_footprint.recording && is_shadowed() && task < tasks_max)
        note_touched(&the_frame_tables().tasks[task].lowest, sizeof(std::uint32_t), false);
}

} // namespace sim
