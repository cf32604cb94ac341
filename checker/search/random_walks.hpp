// Ways through a world by chance.
#pragma once

#include <chrono>
#include <functional>

#include "checker/search/persistent_sets.hpp"
#include "checker/search/step_script.hpp"
#include "checker/search/world_walk.hpp"

namespace interfuse {

// Walks from the start. The same calls with the same chance walk the same ways.
class random_walker {
public:
    // A step that was taken: by whom, from which place of the code, and whether the run goes on. Returns whether the
    // walk does.
    using after_step = std::function<bool(unsigned task, std::uint64_t stood_at, bool continues)>;

    random_walker(step_script &script, world_walk &way, sim::rng &chance) : script(script), way(way), chance(chance) {}

    // Until nobody can go on, a step ends the run, or `after` says so; the walk then goes back to the start. `sets`: where a
    // search by them would leave tasks out, the walk does so too; null: it tries all.
    void walk(const after_step &after, const persistent_sets *sets = nullptr);

private:
    bool take_step(const after_step &after, const persistent_sets *sets);

    step_script &script;
    world_walk &way;
    sim::rng &chance;
    unsigned last = 0;  // task that took a step
    unsigned stays = 1; // so many steps it takes on average before another one does
};

// Takes walks of at least so many steps in all, and on until some in a row have taught nothing that matters or they are many, and
// puts what was learnt to use.
// That is no more than a good guess: a search goes on to learn, and is repeated as long as it does. `sets`: null if they are
// not asked for.
void learn_from_random_walks(step_script &script, world_walk &way, persistent_sets *sets, sim::rng &chance,
                             std::uint64_t steps_least, std::uint64_t steps_most, std::chrono::steady_clock::time_point deadline);

// Walks for about so long, for a search that is under way. What was learnt has no effect yet.
void learn_from_walks_meanwhile(step_script &script, world_walk &way, persistent_sets &sets, sim::rng &chance,
                                std::chrono::milliseconds time);

} // namespace interfuse
