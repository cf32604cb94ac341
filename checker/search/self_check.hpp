// What a search takes for granted, tried out wherever it comes by.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <unordered_set>

#include "checker/search/search_frame.hpp"
#include "checker/search/state_key.hpp"
#include "checker/search/state_search.hpp"
#include "checker/search/step_script.hpp"
#include "checker/search/world_walk.hpp"

namespace interfuse {

// Each check takes steps of its own and takes them back. One that fails is an error of interfuse: it ends the process.
class self_check {
public:
    self_check(step_script &script, world_walk &way) : script(script), way(way) {}

    // The hash that was kept up to date is the one of all words: every change was listed in a footprint.
    void hash(const char *when) const;
    // A state behaves as when it was seen first: the same tasks can go on, their steps touch the same words, and lead
    // to the same states or reports. A state that is new is compared with the earlier ones but for data on stacks.
    void congruence();
    // The last step, and each step that the other task could take before it, lead to the same states in either order, or
    // the other ends the run alike. `supposed`: the persistent sets say so, which is no more than a guess until the pass is over;
    // where they do not commute, that is counted. REQUIRES: the run goes on behind the last one.
    void commutation(const search_step &last, unsigned other, bool supposed);

    search_checks done;

private:
    template <typename Visit> void for_each_step(unsigned task, Visit visit);
    std::uint64_t behaviour();
    bool take(const search_step &step);

    step_script &script;
    world_walk &way;
    std::unordered_map<std::uint64_t, std::uint64_t> seen;   // what a state does, by its key
    std::unordered_set<std::uint64_t> seen_but_for_stacks;
    std::vector<sim::word_index> words;
    std::vector<state_key> behind, instead;
};

} // namespace interfuse
