// Guessing how much is left.
#include "checker/search/forecast.hpp"

#include <algorithm>

namespace interfuse {

namespace {

constexpr std::uint64_t states_between_looks = 500'000; // at least, and a sixteenth of all so far
constexpr unsigned walks_a_look = 30;

} // namespace

bool keeps_state(reduction reduce, const world_walk &way, const persistent_sets &sets)
{
    std::uint64_t enabled = way.enabled();
    if (enabled == 0 || !uses_persistent_sets(reduce))
        return true;
    return reduce == reduction::local_steps && !sets.choose(enabled, way.alive(), way.all_positions()).passes;
}

forecast::forecast(const search_bounds &bounds, step_script &script, world_walk &way, const persistent_sets &sets,
                   const visited_set &visited)
    : bounds(bounds), script(script), way(way), sets(sets), visited(visited), next(states_between_looks)
{
}

// With persistent sets the search leaves states out. Where it looks for races or circles, or tries itself out, there is more to a step than the walk.
bool forecast::is_due(std::uint64_t states_so_far) const
{
    bool tells = bounds.reduce != reduction::persistent_sets && !bounds.races && !bounds.livelocks && !bounds.self_check;
    return tells && states_so_far >= next;
}

void forecast::look(std::uint64_t states_so_far)
{
    std::uint64_t met = 0, known = 0;
    random_walker walker(script, way, chance);
    for (unsigned i = 0; i < walks_a_look; ++i)
        walker.walk([&](unsigned, std::uint64_t, bool continues) {
            if (continues && keeps_state(bounds.reduce, way, sets)) {
                ++met;
                known += visited.contains(way.hash());
            }
            return continues;
        });
    next = states_so_far + std::max(states_between_looks, states_so_far / 16);
    if (known > 0)
        expected = static_cast<std::uint64_t>(static_cast<double>(states_so_far) * static_cast<double>(met) /
                                              static_cast<double>(known));
}

} // namespace interfuse
