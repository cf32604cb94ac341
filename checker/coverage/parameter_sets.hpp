// The sets of parameters with which a scenario is measured.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace interfuse {

struct parameter_set {
    std::vector<parameter_value> values; // over the presets
    std::uint64_t eighths;               // of the runs that it gets
};

// The presets come first. Then all failures at once, and each parameter alone at its least and its most, or at each of
// its named values. A scenario that composes actors also has each operation meet each disturbance.
std::vector<parameter_set> sets_of(const scenario &which);

// Every scenario with each of its sets but the presets, each once, as explore takes them: "mix:op=read,aborters=1".
std::vector<std::string> varied_scenarios();

} // namespace interfuse
