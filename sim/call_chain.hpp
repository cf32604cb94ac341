// The calls that have not returned, as one number.
#pragma once

#include <cstdint>
#include <vector>

namespace sim {

// Of the running task. Calls deeper than call_depth_max are left out. Equal stacks have equal numbers, which are good as long
// as the process.
std::uint32_t calls_now();

// Return addresses of a chain of calls, innermost first.
std::vector<const void *> callers_in(std::uint32_t calls);

} // namespace sim
