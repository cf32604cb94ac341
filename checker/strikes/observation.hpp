// What was seen of a run besides its verdict: the goals it reached, and what struck which request at which stage.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "scenarios/goal.hpp"

namespace interfuse {

// Strikes are numbered, so that they can be counted in an array.
inline constexpr unsigned strike_numbers = disturbances * request_stages * opcodes;
unsigned number_of(const strike &what);
strike strike_of(unsigned number);

class observation {
public:
    // A goal of the scenario's list, by its index.
    void reach(unsigned goal) { goals |= std::uint64_t{1} << goal; }
    bool has_reached(unsigned goal) const { return (goals >> goal & 1) != 0; }
    std::uint64_t reached_goals() const { return goals; }

    void clear() { goals = count = 0; }

    // Once for all equal ones.
    void add(const strike &what);
    std::span<const std::uint16_t> struck() const { return {numbers.data(), count}; }

private:
    static constexpr unsigned strikes_max = 128;
    std::uint64_t goals = 0;
    std::uint32_t count = 0;
    std::array<std::uint16_t, strikes_max> numbers;
};

} // namespace interfuse
