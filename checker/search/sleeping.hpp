// What a step touched, kept while its task sleeps, and whether another step is independent of it.
#pragma once

#include <vector>

#include "sim/footprint.hpp"

namespace interfuse {

// The words that steps of a task read, and those whose value they changed. A word that was stored to and has its old value again
// counts as read, as nobody can look in between.
struct touched_words {
    std::vector<sim::word_index> read, changed;

    void clear();
    // The step that was taken last, from sim::the_footprint, and words that it made others (world_walk::find_replaced).
    void add_step(const std::vector<sim::word_index> &replaced);
};

// Compares the step that was taken last with others of other tasks. REQUIRES: until it ends, no further step is taken.
class last_step {
public:
    explicit last_step(const std::vector<sim::word_index> &replaced);
    ~last_step();
    last_step(const last_step &) = delete;
    last_step &operator=(const last_step &) = delete;

    // Neither has changed what the other has touched: in either order they lead to the same state.
    bool is_independent_of(const touched_words &other) const;

private:
    std::vector<sim::word_index> &changed;
};

} // namespace interfuse
