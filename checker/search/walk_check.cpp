// Random runs beside a search.
#include "checker/search/walk_check.hpp"

#include <algorithm>

#include "checker/search/end.hpp"
#include "checker/search/forecast.hpp"
#include "checker/search/interruption.hpp"
#include "checker/search/random_walks.hpp"
#include "sim/fault.hpp"
#include "sim/run.hpp"

namespace interfuse {

std::uint64_t walk_inside(runner &on, const search_bounds &bounds, step_script &script, world_walk &way,
                          const persistent_sets &sets, const visited_set &visited, const std::vector<state_finding> &findings)
{
    sim::rng chance{2};
    random_walker walker(script, way, chance);
    auto is_known = [&](const sim::verdict &found) {
        return !found.is_finding() ||
               std::ranges::find(findings, fingerprint_of(found), &state_finding::fingerprint) != findings.end();
    };
    auto look = [&](unsigned, std::uint64_t, bool continues) {
        if (!continues) {
            sim::require(is_known(*sim::the_run.outcome), "a random walk finds what the search has not found");
            return false;
        }
        bool over = way.enabled() == 0;
        sim::require(!keeps_state(bounds.reduce, way, sets) || visited.contains(way.hash()),
                     "a random walk comes to a state that the search has not visited");
        sim::require(!over || is_known(verdict_of_end(on, way)), "a random walk ends as the search has not seen it");
        return true;
    };
    std::uint64_t walks = 0;
    while (walks < bounds.walks && interruption() == 0 && std::chrono::steady_clock::now() < bounds.deadline) {
        walker.walk(look);
        ++walks;
    }
    return walks;
}

} // namespace interfuse
