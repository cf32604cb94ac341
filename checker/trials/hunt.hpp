// Hunting mutants: each in the scenario that shows it.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/trace/core_list.hpp"
#include "checker/trace/read_report.hpp"
#include "checker/trials/trial.hpp"

namespace interfuse {

struct hunt_options : search_limits {
    bool verify = false; // search all states, up to the first finding, instead of sampling
    unsigned seeds = 1;  // searches of each mutant, whose shortest trace is kept
    std::string out;     // folder for the traces, each named after its mutant; empty: none are kept
};

// What became of one mutant.
struct hunted {
    core_description what;
    std::string arguments; // of explore or verify, from its patch; empty: all scenarios
    std::optional<reported_finding> found; // of the search with the shortest trace; its trace is the file kept
    bool expected = false;                 // by a checker that its patch names, or it names none
    std::uint64_t runs = 0; // of the search that found it, or of all that did not; states where all are searched
    std::uint64_t scout = 0; // the random walk before a search that found it; 0: none
    double seconds = 0;
    std::size_t steps = 0; // of the trace
    std::string error;

    bool is_tried() const { return found || runs > 0 || !error.empty(); } // false: interrupted before
    bool is_met() const { return found && expected && error.empty(); }
};

// The names separated by commas.
std::vector<std::string> checkers_in(const std::string &list);
// The words of arguments that a patch gives.
std::vector<std::string> words_in(const std::string &arguments);

// In the order of the cores. Stops when interrupted; then the rest has neither a finding nor an error.
std::vector<hunted> hunt(const std::vector<core_description> &cores, const hunt_options &options,
                         const std::function<void(const std::string &core)> &progress);

} // namespace interfuse
