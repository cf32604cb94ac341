// Livelocks: circles of states that a fair scheduler need never leave.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "checker/search/state_key.hpp"
#include "checker/search/step_script.hpp"
#include "checker/search/world_walk.hpp"
#include "checker/strategies/guided.hpp"

namespace interfuse {

struct hash_of_key {
    std::size_t operator()(const state_key &key) const { return key.low; }
};
using state_numbers = std::unordered_map<state_key, std::uint32_t, hash_of_key>;

// Steps that lead from a state back to it.
struct fair_circle {
    std::uint64_t key = 0; // of who moves from where in its component: the same for one livelock on many ways there
    std::vector<search_step> steps;
};

// Follows a depth-first search that leaves no step out, and finds the strongly connected components of its graph
// (Tarjan 1972). In one of them somebody can go round for ever, weakly fairly, if each task that can go on in all of
// its states takes a step within it; and then by a circle that takes in all of it. What is smaller is fair only if the
// whole is. Keeps the states of components that are not through yet, and nothing of others.
class fair_circles {
public:
    fair_circles(step_script &script, world_walk &way) : script(script), way(way) {}

    // The path has come to a state that is new and has steps.
    void enter(unsigned by);
    // A step has come to a state that is known, and is taken back.
    void meet(unsigned by);
    // All steps of the path's last state, which the world is in, have been taken. If that was the first of a component
    // in which one can go round, a circle through it. Leaves the world as it was.
    std::optional<fair_circle> leave();

    std::size_t bytes() const;
    // Components that are through in which one can go round, fairly or not.
    std::uint64_t components() const { return rounds; }

private:
    struct open_state {
        state_key hash;
        std::uint64_t enabled;
        std::uint64_t moved; // tasks whose steps from here stay in the component
        std::uint32_t low;   // the first state that is known to be of the same component
        unsigned by;         // who has led here first
    };

    step_script &script;
    world_walk &way;
    std::vector<open_state> open; // in the order in which they were entered
    state_numbers numbers;        // of the open states, by hash
    std::vector<std::uint32_t> path;
    std::uint64_t rounds = 0;
};

} // namespace interfuse
