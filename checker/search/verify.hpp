// Searching the states of scenarios, and writing down what was found.
#pragma once

#include <optional>

#include "checker/search/explore.hpp"
#include "checker/search/state_search.hpp"

namespace interfuse {

struct verify_options {
    std::vector<chosen_scenario> scenarios;
    std::string core;
    sim::point_set points = sim::point_set::coarse;
    check_level checks = check_level::steps;
    std::uint64_t seed = 0; // as in search_bounds
    sim::run_limits limits; // steps_max bounds the length of a path
    sim::watch_set watch = 0;
    reduction reduce = reduction::local_steps;
    bool first = false;    // ends each search at its first finding
    bool shortest = false; // paths to findings; without reduction
    bool wide = false;     // hashes of 128 bits
    bool livelocks = false;
    bool any_order = false; // as in search_bounds
    bool self_check = false;
    std::uint64_t scouts = 0; // random walks before each search; with `first` only
    std::uint64_t walks = 0;
    unsigned jobs = 1;
    std::uint64_t states_max = UINT64_MAX; // of each scenario, as the next two
    std::size_t memory_max = 0;            // bytes
    std::optional<std::chrono::milliseconds> time_max;
    bool strict = false;
    std::string out; // folder for traces
};

// What is known of one scenario.
struct scenario_search {
    chosen_scenario of;
    searched result;
    std::vector<finding> findings; // first_run is 0
    std::vector<std::string>
        unconfirmed; // what the search has found, and what its paths met when they were run
    bool complete() const { return result.bound.empty() && result.interrupted == 0; }
    bool any_new() const;
};

struct verification {
    std::vector<scenario_search> searches; // of those that were begun
    std::chrono::nanoseconds took{0};
    int interrupted = 0;
    std::string nondeterminism; // a path that ended otherwise when it was run again
    std::string error;

    // Every state of every scenario was seen.
    bool complete() const;
    bool any_new() const;
    search_counts sums() const; // states, transitions and ends added up, the rest at its largest
};

struct verify_listener {
    std::function<void(const finding &, const trace &)> found = [](const finding &, const trace &) {};
    std::function<void(const scenario_search &, const search_counts &)> progress =
        [](const scenario_search &, const search_counts &) {};
    std::function<void(const scenario_search &)> searched = [](const scenario_search &) {};
};

verification verify(const verify_options &options, const verify_listener &listener);

} // namespace interfuse
