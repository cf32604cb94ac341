// A search by several processes.
#pragma once

#include <functional>
#include <string>

#include "checker/search/depth_first.hpp"

namespace interfuse {

// What a search, or one process's share of it, has come to.
struct searched_share {
    search_counts counts;
    std::vector<state_finding> findings;
    std::string bound;
    int interrupted = 0;
    std::string error; // a process that failed

    void add(const searched_share &other);
};

searched_share share_of(const depth_first &done);

// Searches in as many processes as the bounds say, as depth_first does in one, and brings what each has learnt to `way` and `sets`.
// REQUIRES: `visited` has several parts. `progress` is called with the sums so far a few times a second.
searched_share search_in_workers(runner &on, const search_bounds &bounds, step_script &script,
                                 world_walk &way, persistent_sets &sets, visited_set &visited,
                                 const std::function<void(const search_counts &)> &progress);

} // namespace interfuse
