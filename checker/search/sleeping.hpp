// What a step touched, kept while its task sleeps, and whether another step is independent of it.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "checker/search/world_walk.hpp"
#include "sim/footprint.hpp"

namespace interfuse {

// The words that steps of a task read, and those whose value they changed. A word that was stored to and has its old value again
// counts as read, as nobody can look in between.
struct touched_words {
    std::vector<sim::word_index> read, changed;
    std::uint32_t number = 0; // of the one step, as the walk remembers it; the words are then those of that

    void clear();
    // The step that was taken last. REQUIRES: one that has a number is the only one.
    void add_step(world_walk &way);
    // From here on it does not matter whether the walk still remembers the step.
    void spell_out(const world_walk &way);
};

// Compares steps with others of other tasks. Of two that are remembered it does so once: their numbers say all that is compared.
class step_pairs {
public:
    step_pairs();

    // Of those that are `noted`, by bits, who is independent of the step that was taken last: neither has changed what the other has touched,
    // so in either order they lead to the same state.
    template <typename Words> std::uint32_t independent(world_walk &way, std::uint32_t noted, Words words_of)
    {
        std::uint32_t all = 0;
        for (std::uint32_t rest = noted; rest != 0; rest &= rest - 1)
            if (is_independent(way, words_of(static_cast<unsigned>(std::countr_zero(rest)))))
                all |= rest & -rest;
        take_marks_off();
        return all;
    }

private:
    bool is_independent(world_walk &way, const touched_words &other);
    bool compare(world_walk &way, const touched_words &other);
    void take_marks_off();

    std::vector<std::uint64_t> known; // two numbers and what was found, by a hash of the numbers
    std::vector<sim::word_index> changed; // by the step that was taken last; they are marked
    bool is_marked = false;
    touched_words spelt_out;
};

} // namespace interfuse
