// Running scenarios for what they reach.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checker/coverage/line_counts.hpp"
#include "checker/search/tally.hpp"
#include "scenarios/scenario.hpp"

namespace interfuse {

struct measure_options {
    std::vector<const scenario *> scenarios;
    // Of each scenario with its presets; an eighth as many with a fault, a bad address and a failed allocation, and
    // with each parameter alone at its least and its most, or at each of its named values.
    std::uint64_t runs = 0;
    std::uint64_t seed = 0;
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

struct scenario_reach {
    const scenario *of;
    line_counts counts;
    tally sums;
    std::uint32_t rows = 0; // of the transition table, by bits
};

struct measurement {
    std::vector<scenario_reach> scenarios;
    bool cut = false;  // the deadline or an interruption came first
    std::string error; // a sentence; else empty
};

// Whether this executable counts what it reaches.
bool is_measurable();
// Each scenario runs in a process of its own.
measurement measure(const measure_options &options, const std::function<void(const scenario &)> &progress);

} // namespace interfuse
