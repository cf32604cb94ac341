// Which of the tasks that can go on need to be tried in a state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "checker/search/place_conflicts.hpp"
#include "checker/search/places.hpp"
#include "sim/world.hpp"

namespace interfuse {

// A persistent set (Godefroid 1996): whatever the tasks outside of it do before one inside takes its step, that step has
// nothing to do with it. So each end and each violation is still found when only those inside are tried. What tasks outside
// may do follows from where they stand, and from where whoever is inside goes on by itself: whatever was seen to happen from
// there on meanwhile (place_conflicts). That is a hypothesis. Random walks make it,
// and a search that went by it and has met nothing against it was right: take the shortest schedule whose last step speaks
// against it. What comes before that is independent of the steps that the search preferred, by that same hypothesis, so it can
// be moved behind them; then the search has followed the schedule. After a search that has met something, another one goes by
// less.
//
// What is learnt has an effect when the next search begins, so that a search visits the same states in whatever order it
// goes through them. One that has met something has to be done again: for the rest of it the sets can be mended.
class persistent_sets {
public:
    // `alone`: only sets of one.
    explicit persistent_sets(bool alone);
    ~persistent_sets();
    persistent_sets(const persistent_sets &) = delete;
    persistent_sets &operator=(const persistent_sets &) = delete;

    struct choice {
        std::uint64_t tasks; // of those that can go on
        bool passes = false; // one task only, so the state need not be known again
    };
    // The smallest set that is known. It follows from the state alone. `alive`: tasks that may take a step, now or later.
    choice choose(std::uint64_t enabled, std::uint64_t alive,
                  const std::array<std::uint64_t, sim::tasks_max> &positions) const;
    // Whether nothing that was learnt speaks against the sets that were chosen, also by processes that were forked since.
    bool holds() const;
    // Puts what was learnt to use. Whether a set that could have been chosen before cannot be any more.
    bool take_effect();
    // The same in the middle of a search, if something speaks against the sets; what they were relied on before is forgotten.
    bool mend();
    // States that a search sees while that is found out, roughly: the more places the longer it takes.
    std::uint64_t states_of_mending() const { return seen.all().size() * seen.all().size() / 50; }

    std::size_t bytes() const;

    places seen;

private:
    // Tasks, by where they stand and what they conflict with.
    struct meeting {
        std::uint64_t alive;
        std::array<std::uint32_t, sim::tasks_max> at;
        std::array<std::uint64_t, sim::tasks_max> conflicts; // those who may do what conflicts with a task's next step
    };

    bool put_to_use();
    std::vector<std::uint32_t> ranks() const;
    // As far as the places are known to the search in progress.
    std::vector<bool> leaders() const;
    std::uint32_t in_effect(std::uint64_t position) const;
    void find_places(meeting &all, const std::array<std::uint64_t, sim::tasks_max> &positions) const;
    std::uint64_t conflicts_of(unsigned task, const meeting &all, bool first_only) const;
    choice choose_one(std::uint64_t enabled, const meeting &all) const;
    void rely_on(const meeting &all, std::uint64_t inside) const;
    bool goes_back(std::uint32_t place) const;
    void begin_relying(std::size_t places);

    struct remembered {
        std::uint64_t position = 0;
        std::uint32_t place = places::unknown;
    };

    const bool alone;
    // As long as a search lasts:
    place_order known;
    place_pairs conflicting;
    std::uint64_t *relied_on = nullptr;     // that it does not; in memory that forked processes share
    std::size_t relied_on_bytes = 0;
    mutable std::vector<remembered> lately; // places, by the lower bits of their positions
    mutable std::size_t judged = 0;         // so many lessons speak against nothing
};

} // namespace interfuse
