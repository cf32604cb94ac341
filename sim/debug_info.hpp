// Source places of machine addresses, from the executable's own debug information.
#pragma once

#include "sim/place.hpp"

namespace sim {

// The place of the instruction at pc; its strings live as long as the process. A place with line 0 and the function
// "?" if there is no debug information for it. Costs a microsecond or more: not for the hot path.
place place_of(const void *pc);

} // namespace sim
