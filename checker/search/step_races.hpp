// Data races between steps that can follow each other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/search/step_script.hpp"
#include "checker/search/world_walk.hpp"
#include "checker/strategies/guided.hpp"
#include "sim/step_accesses.hpp"

namespace interfuse {

// Two steps of different tasks, one directly after the other, that race.
struct racing_pair {
    search_step before, after;
    std::uint64_t fingerprint = 0; // that of the finding if nothing is found before
    std::string message;
};

// Looks at each state on its own, so it needs no clocks of how the search came there: where two accesses race, there is
// an order of steps in which those that contain them are neighbours, but for accesses that an undeclared use of
// lockless fields keeps apart.
class step_races {
public:
    step_races(step_script &script, world_walk &way) : script(script), way(way), marks(sim::words_of_arena) {}

    // Of the state that the world is in: each two steps, whoever sleeps, of which the second is that of a task that
    // could go on before or that the first has let go on. Leaves the world as it was.
    const std::vector<racing_pair> &find();
    // Steps taken for that so far.
    std::uint64_t steps() const { return taken; }

private:
    struct seen_step {
        search_step what;
        sim::step_accesses listed;
        std::vector<sim::word_index> read, changed;
        std::uint64_t enabled = 0; // after it; nobody if it ended the run
    };

    seen_step &room_for_one_more();
    bool take(unsigned task, seen_step &into);
    void look_ahead(std::uint64_t enabled);
    void look_behind(const seen_step &first);
    std::uint64_t find_changed_by(const seen_step &first);
    void try_after(const seen_step &first, unsigned task);
    void compare(const seen_step &first, const seen_step &second);

    step_script &script;
    world_walk &way;
    std::vector<std::uint8_t> marks;              // by word; of those that a step changed
    std::vector<std::unique_ptr<seen_step>> seen; // the first `count` in use
    std::size_t count = 0;
    seen_step again, next;
    std::vector<sim::word_index> replaced;
    std::vector<racing_pair> found;
    std::uint64_t taken = 0;
};

} // namespace interfuse
