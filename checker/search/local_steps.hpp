// Places from where a task's next step touches nothing that another task touches too, unless all of them only read it, or
// only count there.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "checker/search/lesson.hpp"
#include "sim/arena.hpp"
#include "sim/footprint.hpp"

namespace interfuse {

// A step from such a place commutes with whatever the others do meanwhile, so a search takes it at once and keeps no state
// before it: the task alone is a persistent set (Godefroid 1996). Which places those are is a hypothesis. Random walks make
// it, and a search that went by it and has met nothing against it was right: take the shortest schedule whose last step
// speaks against it; the local steps that come late in it can be moved to where the search has taken them, and then the
// search has followed it. After a search that has met something, another one goes by less.
class local_steps {
public:
    local_steps();
    ~local_steps();
    local_steps(const local_steps &) = delete;
    local_steps &operator=(const local_steps &) = delete;

    // A place where no walk has been is not local, however often a search comes by.
    void learn_places(bool on_a_walk);
    // Reads the step that a task took last from there out of sim::the_footprint; `replaced` as in world_walk.
    void learn_step(unsigned task, std::uint64_t from, const std::vector<sim::word_index> &replaced, bool continues);

    // Whether that task's next step is to be taken at once. REQUIRES: it can go on.
    bool is_local(unsigned task, std::uint64_t position) const;
    // Whether nothing speaks against what is in effect.
    bool holds() const;
    // Puts what was learnt to use.
    void take_effect();

    // What was learnt since it last had an effect, for another process.
    const std::vector<lesson> &learnt() const { return fresh; }
    void learn(const lesson &elsewhere);
    std::size_t bytes() const;

private:
    struct place {
        std::unordered_set<sim::word_index> words; // of all its steps
        bool ends_run = false;
        bool in_effect = false;
    };
    struct remembered {
        std::uint64_t position = 0;
        bool in_effect = false;
    };

    bool is_known(unsigned task, std::uint64_t from, const std::vector<sim::word_index> &replaced, bool continues);
    void forget_steps();
    void touch(sim::word_index word, unsigned task, lesson_kind how);
    void learn_word(place &at, std::uint64_t position, sim::word_index word);
    bool is_contended(const place &at) const;

    std::uint16_t *touches; // by word
    std::unordered_map<std::uint64_t, place> places;
    mutable std::vector<remembered> in_effect; // of the places looked up last, by the lower bits of their positions
    std::unordered_set<std::uint64_t> seen;    // steps that there is nothing more to learn from, by their hashes
    std::vector<std::uint64_t> footprint;      // of the step in progress: each word, with how it was touched
    std::vector<lesson> fresh;
    bool walking = false;
};

} // namespace interfuse
