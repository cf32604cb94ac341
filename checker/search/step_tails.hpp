// What each task has done since it last let others know.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "checker/search/state_key.hpp"
#include "sim/step_accesses.hpp"
#include "sim/world.hpp"

namespace interfuse {

// The accesses of each task's last step behind the last thing in it that others could acquire. Until the task's next
// step nothing orders them before what anybody else does, however many steps others take. They are history, which the
// world does not hold, so a state in which races are looked for is known by them too.
class step_tails {
public:
    // `wide`: keys have 128 bits. From here on the steps of the search can be listed.
    explicit step_tails(bool wide);

    // A step begins, and has ended; it is taken back.
    void begin();
    void end(unsigned task);
    void back();

    // Nothing but accesses, sorted.
    const sim::step_accesses &of(unsigned task) const { return tails[task]; }
    state_key key() const { return sum; }

private:
    struct change {
        unsigned task;
        std::vector<sim::step_access> accesses;
        state_key key;
        bool is_first; // of the step
    };

    void replace(unsigned task, std::vector<sim::step_access> accesses, bool is_first);
    void put_key(unsigned task, const state_key &key);
    state_key key_of(unsigned task) const;

    const bool wide;
    std::array<sim::step_accesses, sim::tasks_max> tails{};
    std::array<state_key, sim::tasks_max> keys{};
    state_key sum;
    std::vector<change> changes; // what was before
    sim::step_accesses step;
};

} // namespace interfuse
