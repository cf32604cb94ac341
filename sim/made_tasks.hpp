// What is known of the tasks of the world that was made last, and no part of it.
#pragma once

#include <cstddef>

namespace sim {

// A task was made, whose context is that of one which has not begun.
void note_made_task(unsigned index, std::size_t closure_bytes);

// Whether it has taken a step. REQUIRES: nobody runs.
bool has_begun(unsigned index);
// The size of its closure.
std::size_t closure_bytes(unsigned index);

} // namespace sim
