// Choices answered from a list.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/choose.hpp"

namespace interfuse {

// The first question that the list does not answer.
struct divergence {
    std::uint32_t step; // of the run, counted from 0
    std::size_t choice; // its place in the list
    std::string expected;
    std::string asked;
};

// After a divergence every answer is 0.
class replay_strategy : public sim::strategy {
public:
    explicit replay_strategy(std::vector<sim::choice> choices);
    void begin(std::uint64_t run) override;
    unsigned choose(sim::choice_kind kind, unsigned alternatives) override;

    const std::optional<divergence> &diverged() const { return found; }
    // How many of the listed choices were asked for.
    std::size_t used() const { return next; }

private:
    std::vector<sim::choice> choices;
    std::size_t next = 0;
    std::optional<divergence> found;
};

} // namespace interfuse
