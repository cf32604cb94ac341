// A trace: one run as a value, complete enough to be run again and compared step by step.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "checker/runner.hpp"
#include "sim/choose.hpp"
#include "sim/event.hpp"
#include "sim/verdict.hpp"

namespace interfuse {

inline constexpr const char *trace_format = "interfuse-trace";
inline constexpr unsigned trace_version = 1;

// A semantic hash stands at each step whose number is a multiple of this.
inline constexpr std::uint32_t steps_between_hashes = 16;

// The highest limits of a run that can be asked for.
inline constexpr std::uint32_t steps_limit_max = 1'000'000;
inline constexpr std::uint32_t accesses_limit_max = 100'000'000;

struct build_description {
    std::string version;
    std::string compiler;
    std::string flags;
};
build_description this_build();

struct source_place {
    std::string file;
    std::string function;
    unsigned line = 0;
    bool operator==(const source_place &) const = default;
};
source_place copy_of(const sim::place &where);

struct trace_event {
    sim::event_kind kind = sim::event_kind::mark;
    std::string object; // its name when the event happened
    std::int64_t value = 0;
    std::string meaning; // of the value, such as the name of a state; empty where the number says it all
    source_place where;
    bool by_pc = false; // the place comes from debug information, whose lines differ between compilers
};

struct trace_step {
    unsigned task = 0;
    std::uint64_t enabled = 0; // bit i: task i could have taken this step
    bool teardown = false;
    bool setup = false; // before the run, which there is none of then: the setup has ended in the finding
    std::optional<std::uint64_t> hash; // semantic, of the world before the step
    std::vector<trace_event> events;
};

struct trace_verdict {
    sim::verdict_kind kind = sim::verdict_kind::done;
    std::string invariant;
    std::string message;
    source_place location;
    std::uint64_t fingerprint = 0; // 0: no finding
    std::string caller;            // of the function at `location`, where that tells findings apart
};

struct trace {
    build_description build;
    std::string scenario;
    std::vector<parameter_setting> parameters;
    std::string core;
    std::string strategy;
    sim::point_set points = sim::point_set::coarse;
    check_level checks = check_level::steps;
    sim::run_limits limits;
    sim::watch_set watch = 0;
    std::uint64_t seed = 0;
    std::uint64_t run = 0;
    std::uint64_t record = 0; // run_result::record_hash
    trace_verdict verdict;
    std::vector<std::string> tasks;
    std::vector<sim::choice> choices;
    std::vector<trace_step> steps;
};

// Whether it ends where a setup has ended in a finding, so that there was no run.
bool is_of_setup(const trace &recorded);

// Where a finding is, for a sentence: file, line, function and its caller; empty if the place is not known.
std::string place_text(const trace_verdict &verdict);

// How traces and the command line spell these.
std::string_view name_of(sim::point_set points);
std::string_view name_of(check_level checks);

} // namespace interfuse
