// Whether random runs stay inside what a search has seen.
#pragma once

#include "checker/search/persistent_sets.hpp"
#include "checker/search/state_search.hpp"
#include "checker/search/step_script.hpp"
#include "checker/search/visited_set.hpp"
#include "checker/search/world_walk.hpp"

namespace interfuse {

// Takes so many random walks after a search that was complete: each state on them has to be one that the search has
// visited, but for those that it passes through, or each end where it leaves states out, and each finding one of its
// findings. Where that fails it is an error of interfuse, which ends the process. Returns how many walks were
// taken until the deadline or an interruption.
std::uint64_t walk_inside(runner &on, const search_bounds &bounds, step_script &script, world_walk &way,
                          const persistent_sets &sets, const visited_set &visited, const std::vector<state_finding> &findings);

} // namespace interfuse
