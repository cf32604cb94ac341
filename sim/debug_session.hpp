// The executable's debug information, opened once.
#pragma once

#include <elfutils/libdwfl.h>

namespace sim {

// Null if there is none.
Dwfl *debug_session();

} // namespace sim
