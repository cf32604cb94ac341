// A schedule given as the steps of a search, answered as the choices of a run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/choose.hpp"

namespace interfuse {

// One step: who takes it, and what was chosen in it.
struct search_step {
    unsigned task = 0;
    std::vector<sim::choice> answers;
};

// Follows the steps from the run's first one. A choice in a step that the search did not ask, as how long an actor waits
// before it begins, is answered with 0.
class guided_strategy : public sim::strategy {
public:
    explicit guided_strategy(std::vector<search_step> steps) : path(std::move(steps)) {}
    void begin(std::uint64_t run) override;
    unsigned choose(sim::choice_kind kind, unsigned alternatives) override;
    // Empty if all steps could be followed so far; else which one could not.
    const std::string &error() const { return lost; }

private:
    unsigned choose_task(sim::choice_kind kind);
    unsigned choose_within(sim::choice_kind kind, unsigned alternatives);

    std::vector<search_step> path;
    std::uint32_t step = 0;
    std::size_t used = 0; // answers of the step
    std::string lost;
};

} // namespace interfuse
