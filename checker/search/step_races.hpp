// Data races between steps that can follow each other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "checker/search/step_script.hpp"
#include "checker/search/step_tails.hpp"
#include "checker/search/world_walk.hpp"
#include "checker/strategies/guided.hpp"
#include "sim/step_accesses.hpp"

namespace interfuse {

// Steps to take, one or two, of which the last races with one before it.
struct racing_steps {
    std::vector<search_step> steps;
    std::uint64_t fingerprint = 0; // that of the finding if nothing is found before
    std::string message;
};

// Looks at each state, with the tails of the steps that have led to it, on its own, so it needs no clocks of how the
// search came there. Where two accesses race, and none did before, there is an order of steps in which the second is
// one of a task's next step, and the first lies in a tail, or else in a step that could be taken directly before; but
// for what is ordered by no more than the value of a lockless field, and for accesses under a lock which the task has
// let others go on before.
class step_races {
public:
    step_races(step_script &script, world_walk &way, const step_tails &tails)
        : script(script), way(way), tails(tails), marks(sim::words_of_arena)
    {
    }

    // Compares each step from the state that the world is in, whoever sleeps, with the tails of the others, and with
    // each step that could be taken directly before it. Leaves the world as it was.
    const std::vector<racing_steps> &find();
    // Steps taken for that so far.
    std::uint64_t steps() const { return taken; }

private:
    struct seen_step {
        search_step what;
        sim::step_accesses listed;
        std::vector<sim::word_index> read, changed;
        std::uint64_t enabled = 0; // after it; nobody if it ended the run
        std::size_t told = 0;      // so many of its accesses are no part of its tail
    };

    seen_step &room_for_one_more();
    bool take(unsigned task, seen_step &into);
    void look_ahead(std::uint64_t enabled);
    void compare_with_tails(const seen_step &step);
    void look_behind(const seen_step &first);
    std::uint64_t find_changed_by(const seen_step &first);
    void try_after(const seen_step &first, unsigned task);
    void compare(const seen_step &first, const seen_step &second);
    void add(const sim::step_race &race, std::vector<search_step> steps);

    step_script &script;
    world_walk &way;
    const step_tails &tails;
    std::vector<std::uint8_t> marks;              // by word; of those that a step changed
    std::vector<std::unique_ptr<seen_step>> seen; // the first `count` in use
    std::size_t count = 0;
    seen_step again, next;
    std::vector<racing_steps> found;
    std::uint64_t taken = 0;
};

} // namespace interfuse
