// What each task may still touch from where it stands: the hypothesis that persistent sets go by, refined until it holds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/search/lesson.hpp"
#include "sim/arena.hpp"
#include "sim/footprint.hpp"

namespace interfuse {

// A step as the search compares it: numbers of the words that it read and of those whose value it changed. A word that was
// stored to and has its old value again counts as read, as nobody can look in between. Of stacks those words count that others
// than their owner touch; where calls have returned or were made, such a word is another one than before, hence changed.
struct step_touches {
    std::vector<std::uint16_t> read, changed;
    std::vector<std::uint16_t> shared_read, shared_changed; // those that more than one task touches
};

// For each place where a task can stand, a set that contains whatever it touches from there on, in any schedule the search has
// followed. A search that has learnt nothing has used no set that was too small: take the shortest schedule whose last step
// touches more than its task's future says. What comes before it is independent of the steps that the search preferred, by
// those same futures, so it can be moved behind them; then the search has followed it, and has learnt the touch. A task at a
// closed gate touches what opens it, though its step was never taken.
//
// What is learnt has an effect only when the next search begins, so that a search visits the same states in whatever order it
// goes through them.
class futures {
public:
    futures();
    ~futures();
    futures(const futures &) = delete;
    futures &operator=(const futures &) = delete;

    // Reads the step that a task took last, from one place to another, out of sim::the_footprint; `replaced` are the words of
    // its stack that it made others. Learns from it.
    void learn_step(unsigned task, std::uint64_t from, std::uint64_t to, const std::vector<sim::word_index> &replaced,
                    step_touches &into);
    // A task's step from there has conflicted with somebody's future.
    void learn_conflict(std::uint64_t position);

    // Tasks, of those that stand at `positions`, whose future conflicts with the step.
    std::uint64_t conflicts(const step_touches &step, std::uint64_t tasks,
                            const std::array<std::uint64_t, sim::tasks_max> &positions) const;
    // Whether a task's next step from there has conflicted with somebody's future, in earlier searches.
    bool has_conflicted(std::uint64_t position) const;
    // Whether a step leads from one place to one that does not lie behind it. Each circle of places has such a step.
    bool goes_back(std::uint64_t from, std::uint64_t to) const;

    // What was learnt since it last had an effect, for the same futures in another process.
    const std::vector<lesson> &learnt() const { return fresh; }
    void learn(const lesson &elsewhere);
    // Puts what was learnt to use.
    void take_effect();

    std::size_t bytes() const;

private:
    static constexpr std::uint16_t anything = 32767; // stands for all words beyond
    using number_set = std::vector<std::uint64_t>;             // a bit for each number

    struct place {
        std::uint64_t position = 0;
        number_set read, changed; // by steps from here
        std::vector<std::uint32_t> next;
        bool conflicted = false;
        // As long as a search lasts:
        number_set future_read, future_changed;
        std::uint32_t rank = 0; // a step to a place of no higher rank goes back; 0: learnt since
        bool had_conflicted = false;
    };

    std::uint32_t index_of(std::uint64_t position);
    const place *find(std::uint64_t position) const;
    std::uint16_t touch(sim::word_index word, unsigned task);
    void read_step(unsigned task, const std::vector<sim::word_index> &replaced, step_touches &into);
    void learn_way(std::uint64_t from, std::uint64_t to, const step_touches &step);
    void learn_gate(std::uint64_t position, unsigned task, sim::word_index word);
    void learn_word(place &at, std::uint16_t number, bool changed);
    void find_shared_words();
    void close();
    void rank_places();

    std::unordered_map<std::uint64_t, std::uint32_t> known;
    std::vector<place> all;
    std::uint16_t *numbers;               // by word; 0: none
    std::vector<sim::word_index> words;   // by number
    std::vector<std::uint32_t> touchers;  // by number, tasks by bits
    number_set shared;                    // numbers of words that more than one task touches
    std::vector<lesson> fresh;
};

} // namespace interfuse
