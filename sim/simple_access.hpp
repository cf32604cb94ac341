// An access that can be judged at a glance, as nearly every one can.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/call_chain.hpp"
#include "sim/happens_before.hpp"
#include "sim/held_locks.hpp"
#include "sim/location.hpp"
#include "sim/race_report.hpp"
#include "sim/watch.hpp"

namespace sim {

// Keeps a load or store that follows everything before it.
void keep_access(location &at, epoch when, const access &touched);

// Whether the access needs no thought: it is within one word, which nobody else has a part in; or it simply follows what was
// there, and is kept for the accesses to come. The size of an access is a constant where the compiler's calls arrive.
[[gnu::always_inline]] inline bool follows_simply(const access &touched)
{
    std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(touched.address) - arena_base;
    if (offset >= arena_bytes || offset % 8 + touched.bytes > 8)
        return false;
    // On stacks some words may have to be passed over, and others noted as shared.
    if (offset - heap_bytes < tasks_max * stack_stride)
        return false;
    unsigned task = current_task();
    location &at = first_locations[offset / 8];
    if (at.bytes != ((1U << touched.bytes) - 1) << offset % 8)
        return false;
    const vector_clock &clock = the_history.clocks[task];
    epoch when = clock.of[task] << epoch_task_bits | task;
    auto follows = [&](epoch other) { return other >> epoch_task_bits <= clock.of[other & (tasks_max - 1)]; };
    if (at.write.when == when || (!touched.write && at.read.when == when))
        return true;
    if (at.others != 0 || !follows(at.write.when) || !follows(at.read.when))
        return false;
    keep_access(at, when, touched);
    return true;
}

} // namespace sim
