// Sums over runs.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "checker/runner.hpp"
#include "checker/search/sketch.hpp"
#include "checker/strikes/observation.hpp"
#include "sim/event.hpp"
#include "sim/lock_order.hpp"
#include "sim/verdict.hpp"

namespace interfuse {

inline constexpr unsigned verdict_kinds = static_cast<unsigned>(sim::verdict_kind::step_limit) + 1;

struct finding_count {
    std::uint64_t fingerprint;
    std::uint64_t count;
    std::uint64_t first_run;
};

struct first_order {
    sim::lock_edge edge;
    std::uint64_t run;
};

// Sums of a set of runs. Plain bytes, so that workers can send it; folding is in the order of the runs.
struct tally {
    static constexpr unsigned findings_max = 64;
    static constexpr unsigned orders_max = 128;

    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    std::uint64_t digest = 0; // sum of the runs' parts modulo 2^64
    std::array<std::uint64_t, verdict_kinds> verdicts = {};
    // Looking at each event of each run would cost a third of the speed, so it is done for some runs only, which
    // depend on the run's number alone.
    std::uint64_t examined = 0;
    std::uint64_t choices = 0;                                  // of examined runs
    std::array<std::uint64_t, sim::event_kinds> runs_with = {}; // examined runs with such an event
    std::array<std::uint64_t, goals_max> runs_reaching = {};    // by the scenario's goals
    std::array<std::uint64_t, strike_numbers> runs_struck = {}; // by the numbers of strikes
    sketch schedules;                                           // different records of choices and events, of all runs
    std::array<finding_count, findings_max> finding_counts = {};
    std::uint32_t findings = 0;
    std::uint64_t lockless_needed = 0; // by index in sim::lockless_fields: two tasks met on it with nothing to order them
    std::array<first_order, orders_max> orders = {}; // of locks, in the order of the runs that showed them first
    std::uint32_t order_count = 0;
    std::uint64_t findings_unlisted = 0; // runs with a finding for which the list had no room

    // Adds the run that just ended. `salt` keeps equal runs of different scenarios apart.
    void add_run(std::uint64_t number, const run_result &result, std::uint64_t salt);
    void fold(const tally &later);
    std::span<const finding_count> listed() const { return {finding_counts.data(), findings}; }
    std::span<const first_order> listed_orders() const { return {orders.data(), order_count}; }

private:
    void count_finding(const finding_count &more);
    void examine_record();
    void add_order(const first_order &more);
    void add_observation(const observation &seen);
};

// The salt of a scenario's name.
std::uint64_t salt_of(std::string_view scenario);

} // namespace interfuse
