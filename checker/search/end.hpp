// How runs end in a search.
#pragma once

#include "checker/runner.hpp"
#include "checker/search/world_walk.hpp"

namespace interfuse {

// In a state in which nobody can go on.
sim::verdict verdict_of_end(runner &on, world_walk &way);

} // namespace interfuse
