// How many states a search will come to, by a sample.
#pragma once

#include <cstdint>
#include <optional>

#include "checker/search/persistent_sets.hpp"
#include "checker/search/random_walks.hpp"
#include "checker/search/state_search.hpp"
#include "checker/search/visited_set.hpp"

namespace interfuse {

// Whether a search keeps the state that the walk is in: not one that it passes through, and with persistent sets no more is
// certain than that it keeps the ends.
bool keeps_state(reduction reduce, const world_walk &way, const persistent_sets &sets);

// Takes random walks now and then and counts which part of the states on them a search has visited so far. They meet the
// states near the start more often than others, so what follows from that is a guess.
class forecast {
public:
    forecast(const search_bounds &bounds, step_script &script, world_walk &way, const persistent_sets &sets,
             const visited_set &visited);

    // Whether so many states have come to the search since the last look that another one would tell something. By states and not by
    // seconds, as walks teach the search what it may not have known: two searches of the same learn the same.
    bool is_due(std::uint64_t states_so_far) const;
    // REQUIRES: the walk is at the start. Leaves it there.
    void look(std::uint64_t states_so_far);
    // Of the whole search; nothing before the first look, or as long as no walk has met a state that was visited.
    std::optional<std::uint64_t> states() const { return expected; }

private:
    const search_bounds &bounds;
    step_script &script;
    world_walk &way;
    const persistent_sets &sets;
    const visited_set &visited;
    sim::rng chance{3};
    std::uint64_t next; // look, at so many states
    std::optional<std::uint64_t> expected;
};

} // namespace interfuse
