// Depth-first search over the states of one scenario: every state, each once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checker/runner.hpp"
#include "checker/strategies/guided.hpp"

namespace interfuse {

struct search_bounds {
    std::uint64_t states_max = UINT64_MAX;
    std::size_t memory_max = std::size_t{8} << 30; // bytes of the visited set and of the worlds on the search's stack
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// A finding of the search: its first occurrence, as the steps that lead to it from the start.
struct state_finding {
    sim::verdict verdict;
    std::uint64_t fingerprint = 0;
    std::uint64_t count = 0; // transitions and ends that show it
    std::vector<search_step> path;
};

struct search_counts {
    std::uint64_t states = 0;      // different ones, the start among them
    std::uint64_t transitions = 0; // taken
    std::uint64_t revisits = 0;    // transitions into a state that was known
    std::uint64_t ends = 0;        // states in which nobody can go on
    std::uint64_t stalled = 0;     // of these, stalled by the scenario's design
    std::size_t depth = 0;         // the longest path
    std::size_t visited_bytes = 0;
    std::size_t world_bytes = 0; // of the largest world
};

struct searched {
    search_counts counts;
    std::vector<state_finding> findings;
    std::string bound; // what stopped the search before it was through; empty: it is complete
    int interrupted = 0;
    std::chrono::nanoseconds took{0};
};

// Restores saved worlds and remembers the 64-bit hashes of those it has seen. Each runnable task is tried from each state,
// with each answer to the choices of its step. `progress` is called a few times a second.
searched search_states(runner &on, const search_bounds &bounds,
                       const std::function<void(const search_counts &, std::size_t open)> &progress);

// The probability that two of so many states have the same hash of 64 bits, at most 1.
double collision_probability(std::uint64_t states);

} // namespace interfuse
