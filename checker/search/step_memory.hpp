// Steps that were taken before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>
#include <vector>

#include "checker/search/state_key.hpp"
#include "sim/footprint.hpp"

namespace interfuse {

// A word of a stack that others touch, with a hash of the calls above it: they say which variable it is.
struct shared_variable {
    sim::word_index word;
    std::uint64_t calls;
    bool operator==(const shared_variable &) const = default;
};

// Where the steps from one stack begin, once it was found.
struct step_root {
    std::uint32_t node = 0; // a number of all that there ever were, from 1 on; 0: not found yet
    bool operator==(const step_root &) const { return true; } // it says nothing of what is there
};

// All that a step did.
struct known_step {
    struct store {
        sim::word_index word;
        std::uint8_t mark; // as in sim::step_footprint
        bool changes;      // the word's value
        std::uint64_t after;
        bool operator==(const store &) const = default;
    };
    std::vector<sim::word_index> loads;
    std::vector<store> stores;
    std::vector<std::byte> stack; // what the task's own has on it
    std::vector<const void *> callers; // of its calls, the outermost first
    std::vector<shared_variable> shared;
    std::vector<sim::word_index> replaced; // as in world_walk
    state_key stack_hash;
    state_key words_change; // in the hash of the words outside stacks
    std::uint64_t position = 0;
    std::uint64_t woken = 0, blocked = 0; // tasks that can run now and could not, and the other way round
    std::uint64_t foreign = 0;            // tasks whose stacks it stored to
    mutable step_root next;               // of the stack that it leaves
    bool operator==(const known_step &) const = default;

    std::size_t bytes() const;
};

// What a step does follows from the task's own stack and from the words that it loads: where those have the same values again,
// the step does the same (memo functions: Michie 1968). Programs take few different steps to very many states.
class step_memory {
public:
    static constexpr std::uint32_t numbers_max = UINT32_MAX / 2; // so two are a word, with a bit to spare

    // A word that a step touches and its value before it.
    struct found_value {
        sim::word_index word;
        std::uint64_t value;
    };

    // The step that a task takes in the world as it is whose stack has that hash, or null. `root` is filled in, unless it is
    // already that of the stack.
    const known_step *find(const state_key &stack, step_root &root) const;
    void find_root(const state_key &stack, step_root &root) const;
    // REQUIRES: find() is null in the world before the step. The values are in the order in which the step came to them, as far as one
    // follows from the other; where it is not, the step is not remembered.
    void add(const state_key &stack, const std::vector<found_value> &found, known_step step);
    // Another one for each step that was ever remembered, from 1 to numbers_max, behind which nothing is.
    std::uint32_t number_of(const known_step &step) const
    {
        return forgotten + static_cast<std::uint32_t>(&step - steps.data()) + 1;
    }
    // The step of that number. REQUIRES: it is still remembered.
    const known_step &step_of(std::uint32_t number) const { return steps[number - forgotten - 1]; }
    // As much is remembered as may be: to add more, forget() first.
    bool is_full() const { return used > bytes_max; }
    void forget();
    void limit(std::size_t bytes) { bytes_max = bytes; }
    std::size_t bytes() const { return used; }

private:
    // The steps from one stack are a tree by the values that they find. At a node some are expected, and behind them either
    // the step is known or the next value decides.
    struct node {
        std::uint32_t expected = 0, count = 0; // in `values`
        std::uint32_t step = none;
        sim::word_index decides = 0;
        std::vector<std::pair<std::uint64_t, std::uint32_t>> next; // by value, in ascending order
    };
    static constexpr std::uint32_t none = UINT32_MAX;

    std::uint32_t new_leaf(const found_value *from, const found_value *to, known_step step);
    void split(std::uint32_t at, std::uint32_t expected);

    std::unordered_map<std::uint64_t, std::pair<std::uint64_t, std::uint32_t>> roots; // by the hash of a stack: its rest, a node
    std::vector<node> nodes;
    std::vector<found_value> values;
    std::vector<known_step> steps;
    std::uint32_t forgotten = 0, nodes_forgotten = 0; // steps, nodes
    std::size_t used = 0;
    std::size_t bytes_max = SIZE_MAX;
};

} // namespace interfuse
