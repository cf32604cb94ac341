// A strategy that answers the choices of one step at a time.
#pragma once

#include <vector>

#include "sim/choose.hpp"
#include "sim/rng.hpp"

namespace interfuse {

// Answers a step's choices from a list, and beyond it with 0, or by chance.
class step_script : public sim::strategy {
public:
    void begin(std::uint64_t) override {}
    unsigned choose(sim::choice_kind kind, unsigned alternatives) override
    {
        if (used == answers.size())
            answers.push_back({kind, static_cast<std::uint8_t>(alternatives),
                               static_cast<std::uint8_t>(chance == nullptr ? 0 : chance->below(alternatives))});
        return answers[used++].answer;
    }

    std::vector<sim::choice> answers;
    std::size_t used = 0;
    sim::rng *chance = nullptr;
};

} // namespace interfuse
