// Sampling scenarios until a bound is reached, and writing down what was found.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/runner.hpp"
#include "checker/search/sampling.hpp"
#include "checker/strategies/strategy.hpp"
#include "checker/trace/trace.hpp"

namespace interfuse {

struct chosen_scenario {
    const scenario *which;
    std::vector<parameter_value> parameters; // complete

    std::string title() const { return title_of(*which, parameters); }
};

struct explore_options {
    std::vector<chosen_scenario> scenarios;
    std::string core;
    const named_strategy *strategy = nullptr;
    sim::point_set points = sim::point_set::coarse;
    check_level checks = check_level::steps;
    sim::run_limits limits;
    sim::watch_set watch = 0;
    std::uint64_t seed = 0;
    std::optional<std::uint64_t> runs;                 // of each scenario, all shards together
    std::optional<std::chrono::milliseconds> time_max; // for all scenarios together
    unsigned jobs = 1;
    shard part;
    bool keep_going = false;
    bool strict = false; // documented findings count like new ones
    bool goals = false;  // a goal that no run of its scenario has reached is a finding
    std::string out;     // folder for traces
    std::vector<std::string> without; // checkers that are off; then no traces are written, which a replay could not follow
};

struct finding {
    chosen_scenario of;
    trace_verdict verdict;
    bool documented = false;
    bool accepted = false; // documented and not strict: it does not make the exit status 1
    std::uint64_t count = 0;
    std::uint64_t first_run = 0;
    std::string trace; // path of the trace written, or of the documented one
};

// The name in place of an invariant's where a sample has missed a goal; such a finding is of all runs and has no trace.
inline constexpr const char *missed_goal = "goal";

struct scenario_sample {
    chosen_scenario of;
    tally sums;
    std::vector<finding> findings; // in the order of their first runs
    std::uint64_t next = 0;        // ordinal of the next run
    bool over = false;
    std::chrono::nanoseconds took{0};

    // Whatever these runs might have reached later, they have not.
    std::uint64_t runs_ended_by_documented() const;
};

struct exploration {
    std::vector<scenario_sample> samples;
    std::chrono::nanoseconds took{0};
    int interrupted = 0;        // the signal
    bool time_up = false;       // before all the runs that were asked for
    std::string nondeterminism; // a run that came out differently the second time
    std::string error;          // what stopped the search, neither the user nor a bound

    std::uint64_t digest() const;
    bool any_new() const;
    bool any_cut() const; // a run ended at its limit of steps
};

// Told what happens while it happens.
struct explore_listener {
    std::function<void(const finding &, const trace &)> found = [](const finding &, const trace &) {};
    std::function<void(const scenario_sample &, const tally &so_far)> progress = [](const scenario_sample &,
                                                                                    const tally &) {};
};

// With a bound on time the scenarios take turns. Each stops at its first finding that is not accepted, unless
// options.keep_going.
exploration explore(const explore_options &options, const explore_listener &listener);

} // namespace interfuse
