// Guessing how much is left.
#include "checker/search/forecast.hpp"

#include <bit>

namespace interfuse {

namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds between_looks{5};
constexpr unsigned walks_a_look = 30;

} // namespace

bool keeps_state(reduction reduce, const world_walk &way, const local_steps &local)
{
    for (std::uint64_t rest = way.enabled(); reduce == reduction::local_steps && rest != 0; rest &= rest - 1)
        if (auto task = static_cast<unsigned>(std::countr_zero(rest)); local.is_local(task, way.position(task)))
            return false;
    return reduce != reduction::persistent_sets || way.enabled() == 0;
}

forecast::forecast(const search_bounds &bounds, step_script &script, world_walk &way, const local_steps &local,
                   const visited_set &visited)
    : bounds(bounds), script(script), way(way), local(local), visited(visited), next(steady_clock::now() + between_looks)
{
}

// With persistent sets the search leaves states out. Where it looks for races or circles, or tries itself out, there is
// more to a step than the walk.
bool forecast::is_due() const
{
    bool tells = bounds.reduce != reduction::persistent_sets && !bounds.races && !bounds.livelocks && !bounds.self_check;
    return tells && steady_clock::now() >= next;
}

void forecast::look(std::uint64_t states_so_far)
{
    std::uint64_t met = 0, known = 0;
    random_walker walker(script, way, chance);
    for (unsigned i = 0; i < walks_a_look; ++i)
        walker.walk([&](unsigned, std::uint64_t, bool continues) {
            if (continues && keeps_state(bounds.reduce, way, local)) {
                ++met;
                known += visited.contains(way.hash());
            }
            return continues;
        });
    next = steady_clock::now() + between_looks;
    if (known > 0)
        expected = static_cast<std::uint64_t>(static_cast<double>(states_so_far) * static_cast<double>(met) /
                                              static_cast<double>(known));
}

} // namespace interfuse
