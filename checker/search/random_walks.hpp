// What a search learns before it begins.
#pragma once

#include <chrono>

#include "checker/search/futures.hpp"
#include "checker/search/step_script.hpp"
#include "checker/search/world_walk.hpp"

namespace interfuse {

// Walks from the start by chance until so many walks in a row have taught nothing, and puts what was learnt to use. That is no more
// than a good guess: a search goes on to learn, and is repeated as long as it does. The same calls walk the same ways. `touched`: null if futures are not asked for.
void learn_from_random_walks(step_script &script, world_walk &way, futures *touched, sim::rng &chance, std::uint64_t idle_walks,
                             std::chrono::steady_clock::time_point deadline);

} // namespace interfuse
