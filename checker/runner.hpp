// Running one scenario many times: setup once, then restore, run, tear down, judge.
#pragma once

#include <cstdint>
#include <string>
#include <array>
#include <vector>

#include "checker/strikes/observation.hpp"
#include "scenarios/alike.hpp"
#include "scenarios/scenario.hpp"
#include "sim/lock_order.hpp"
#include "sim/run.hpp"

namespace interfuse {

enum class check_level : std::uint8_t { end, steps }; // invariants at the end of a run, or at every step as well

struct run_setup {
    const scenario *which = nullptr;
    std::vector<parameter_value> parameters; // complete, in the scenario's order
    sim::point_set points = sim::point_set::coarse;
    check_level checks = check_level::steps;
    sim::run_limits limits;
    sim::watch_set watch = 0; // of the core's accesses, in setup and teardown too
    std::vector<std::string> ignored = {}; // rules and invariants whose violations are passed over
};

struct run_result {
    sim::verdict verdict;
    std::uint64_t fingerprint = 0; // of a finding: kind, invariant and place, stable over edits elsewhere; else 0
    std::uint32_t steps = 0;
    std::uint64_t record_hash =
        0; // of choices, kinds of events, run number, verdict and fingerprint: its part of the digest
    const observation *seen = nullptr; // until the next run; nothing unless invariants are checked at all steps
};

// Of a finding; stable over edits elsewhere. 0 for other verdicts.
std::uint64_t fingerprint_of(const sim::verdict &v);

// What listens to a recorded run; called on the stacks of the run's tasks, in order.
class recorder {
public:
    virtual ~recorder() = default;
    // A step begins: this task was taken out of `runnable` (bit i: task i).
    virtual void step(unsigned task, std::uint64_t runnable) = 0;
    virtual void happened(unsigned task, const sim::event &what) = 0;
};

// One runner exists at a time: the world is one.
class runner {
public:
    // Boots the scenario and saves the world. An exception std::runtime_error with a sentence when the setup itself
    // ends in a finding.
    explicit runner(run_setup setup);
    ~runner();
    run_result run(sim::strategy &chooser, std::uint64_t number);
    run_result run_recorded(sim::strategy &chooser, std::uint64_t number, recorder &log);
    // For a search over worlds, which takes the steps itself: puts the world at the start in place, with addresses that
    // do not depend on who allocates first. Ends with end_search().
    void begin_search(sim::strategy &chooser);
    // REQUIRES: nobody can go on. The world is torn down.
    sim::verdict judge_world();
    void end_search();
    const run_setup &setup() const { return how; }
    // Of the world at the start.
    const std::vector<alike_pair> &alike_tasks() const { return alike; }
    // Names of the tasks that start the run, by index.
    std::vector<std::string> task_names() const;
    // Bytes of the saved world.
    std::size_t world_bytes() const { return start.size(); }

private:
    void begin(sim::strategy &chooser, std::uint64_t number);
    sim::verdict judge_cut(const sim::verdict &cut, std::uint64_t number);
    sim::verdict run_watched(sim::strategy &chooser, std::uint64_t number);
    run_result run_phases(sim::strategy &chooser, std::uint64_t number);

    run_setup how;
    sim::saved_world start;
    std::array<std::uint32_t, sim::tasks_max> syscalls_at_start = {};
    std::vector<alike_pair> alike;
    sim::lock_orders orders_at_start; // of --watch locks
    std::vector<sim::call_stack> calls_at_start; // by task: a worker may already sleep in the core when a run starts
};

// Runs a setup that has ended in a finding once more, to record it.
run_result run_broken_setup(const run_setup &how, recorder &log);

} // namespace interfuse
