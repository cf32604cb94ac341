// Walking among the states of a world: a step forward, and back again at the price of what it changed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_set>
#include <vector>

#include "sim/arena.hpp"
#include "sim/footprint.hpp"
#include "sim/run.hpp"

namespace interfuse {

// Keeps the hash of the world it walks in: the sum of a hash of each word of the heap and of each stack, so that a step
// costs what it changed. Equal worlds have equal hashes whatever way led there.
class world_walk {
public:
    // REQUIRES: the world is where the walk begins, no task runs, the fakes are watched.
    world_walk();

    std::uint64_t hash() const { return words_hash + stacks_hash; }
    // The same from all words and stacks; for checks.
    std::uint64_t hash_from_scratch() const;
    // Tasks that can go on, by bits.
    std::uint64_t enabled() const;
    // Lets a task take a step; false if it ended the run in a report. What it touched is in sim::the_footprint.
    bool step(unsigned task);
    // Takes the last step back.
    void back();
    // Words on the stack of the task that took the last step which were variables that it has touched, in calls that have
    // been replaced since: they are other variables now. Learns which words are variables in which calls.
    void find_replaced(std::vector<sim::word_index> &into);
    // How much was learnt.
    std::size_t variables() const { return known_variables.size(); }
    // Does what may change anything in the world, and takes that back.
    template <typename Detour> auto detour(Detour go)
    {
        save_all();
        auto result = go();
        restore_all();
        return result;
    }
    std::size_t depth() const { return steps.size(); }
    std::size_t bytes() const;
    // A number of where the task stands: of the code addresses on its stack.
    std::uint64_t position(unsigned task) const { return positions[task]; }
    const std::array<std::uint64_t, sim::tasks_max> &all_positions() const { return positions; }

private:
    struct step_taken {
        unsigned task;
        std::size_t changes;
        std::size_t stacks;
        std::size_t raw;
        std::uint64_t words_hash;
    };
    struct stack_change {
        unsigned task;
        std::uint64_t hash;
        std::uint64_t position;
    };

    void learn_variables(unsigned task);
    void save_all();
    void restore_all();
    void save(unsigned task);
    void account_for(unsigned task);
    void look_at_stack(unsigned task);

    std::uint64_t words_hash = 0;
    std::uint64_t stacks_hash = 0;
    std::array<std::uint64_t, sim::tasks_max> stack_hashes{};
    std::array<std::uint64_t, sim::tasks_max> positions{};
    std::vector<step_taken> steps;
    std::vector<sim::word_change> changes;
    std::vector<stack_change> stacks;
    std::vector<std::byte> raw;
    std::size_t raw_used = 0;
    sim::saved_world all;
    std::vector<sim::call_stack> all_calls;
    std::vector<sim::word_index> own_touched; // for use within a call, as the next
    std::vector<std::uint64_t> calls_before;
    std::unordered_set<std::uint64_t> known_variables; // hashes of a word and the calls above it
};

} // namespace interfuse
