// The calls that have not returned, as one number.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "sim/run.hpp"

namespace sim {

// By task and depth: the chain of the calls up to there, as far as call_stack::numbered says that they are the same still.
extern std::array<std::array<std::uint32_t, call_depth_max + 1>, tasks_max + 1> call_chains;
std::uint32_t number_calls();
// A run begins, which numbers its calls anew.
void begin_call_chains();

// Of the running task. Calls deeper than call_depth_max are left out. Numbers are good until the next run.
inline std::uint32_t calls_now()
{
    const call_stack &calls = *the_run.calls_now;
    unsigned depth = std::min(calls.depth, call_depth_max);
    return calls.numbered >= depth ? call_chains[current_task()][depth] : number_calls();
}

// Return addresses of a chain of calls, innermost first.
std::vector<const void *> callers_in(std::uint32_t calls);

} // namespace sim
