// What each task may still touch from where it stands: the hypothesis that persistent sets go by, refined until it holds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sim/arena.hpp"
#include "sim/footprint.hpp"

namespace interfuse {

// A step as the search compares it: numbers of the words that it read and of those whose value it changed. A word that was
// stored to and has its old value again counts as read, as nobody can look in between. Of stacks those words count that others
// than their owner touch; where calls have returned or were made, such a word is another one than before, hence changed.
struct step_touches {
    unsigned task = 0;
    std::vector<std::uint16_t> read;
    std::vector<std::uint16_t> changed;
};

// For each place where a task can stand, a set that contains whatever it touches from there on, in any schedule the search has
// followed. A search that ends with the futures it began with has used none that was too small: take the shortest schedule
// whose last step touches more than its task's future says. What comes before it is independent of the steps that the search
// preferred, by those same futures, so it can be moved behind them; then the search has followed it, and has learnt the touch.
// A task at a closed gate touches what opens it, though its step was never taken.
class futures {
public:
    futures();
    ~futures();
    futures(const futures &) = delete;
    futures &operator=(const futures &) = delete;

    // The step that was taken last, from sim::the_footprint, and the words of its task's stack that it made others.
    void read_step(unsigned task, const std::vector<sim::word_index> &replaced, step_touches &into);
    // A task took that step from one place to another.
    void learn(std::uint64_t from, std::uint64_t to, const step_touches &step);
    // A task that stands there goes on only when that word allows it.
    void learn_gate(std::uint64_t position, unsigned task, sim::word_index word);
    // Tasks, of those that stand at `positions`, whose future conflicts with the step.
    std::uint64_t conflicts(const step_touches &step, std::uint64_t tasks,
                            const std::array<std::uint64_t, sim::tasks_max> &positions) const;
    // Whether a task's next step has conflicted with somebody's future so far, in the searches up to now.
    bool has_conflicted(std::uint64_t position) const;
    void note_conflict(std::uint64_t position);
    // Follows all steps that were learnt until nothing grows.
    void close();
    // How often something grew.
    std::uint64_t growth() const { return grown; }
    std::size_t bytes() const;
    std::size_t places() const { return known.size(); }

private:
    static constexpr std::size_t numbers_max = 8192;
    static constexpr std::uint16_t anything = numbers_max - 1; // stands for all words beyond

    struct successor {
        std::uint32_t place;
        std::uint32_t version; // of it, when it was taken over
    };
    struct place {
        std::vector<std::uint64_t> read, changed; // by number, a bit
        std::vector<successor> next;
        std::uint32_t version = 0;
        bool conflicted = false;
    };

    std::uint16_t number_of(sim::word_index word);
    std::uint32_t place_of(std::uint64_t position);
    bool add(std::vector<std::uint64_t> &set, std::uint16_t number);
    void take_over(place &into, const place &from);
    void note_toucher(std::uint16_t number, unsigned task);

    std::unordered_map<std::uint64_t, std::uint32_t> known;
    std::vector<place> all;
    std::uint16_t *numbers; // by word; 0: none yet
    std::uint16_t numbers_used = 1;
    std::vector<std::uint32_t> touchers; // by number, tasks by bits
    std::uint64_t grown = 0;
};

} // namespace interfuse
