// Walking among the states of a world: a step forward, and back again at the price of what it changed.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "checker/search/lesson.hpp"
#include "checker/search/state_key.hpp"
#include "checker/search/step_memory.hpp"
#include "checker/search/step_script.hpp"
#include "sim/arena.hpp"
#include "sim/footprint.hpp"
#include "sim/run.hpp"

namespace interfuse {

// Of two tasks that stand at the same place of the code, the position of the other one.
inline std::uint64_t position_of_other(std::uint64_t position, unsigned task, unsigned other)
{
    constexpr std::uint64_t golden = 0x9e3779b97f4a7c15;
    return position ^ (task + 1) * golden ^ (other + 1) * golden;
}

// Keeps the hash of the world it walks in: the sum of a hash of each word of the heap and of each stack, so that a step
// costs what it changed. Equal worlds have equal hashes whatever way led there.
class world_walk {
public:
    // `wide`: by 128 bits. `script`: answers the choices of the steps; if it is known, steps without choices are remembered and not
    // executed again. REQUIRES: the world is where the walk begins, no task runs, the fakes are watched.
    explicit world_walk(bool wide, const step_script *script = nullptr);
    // From here on each step is executed, and compared with what is remembered.
    void check_memory() { checks_memory = true; }
    // Steps that take more bytes are forgotten.
    void limit_memory(std::size_t bytes) { memory.limit(bytes); }

    state_key hash() const { return words_hash + stacks_hash; }
    // The same from all words and stacks; for checks.
    state_key hash_from_scratch() const;
    // Equal for two states that differ in nothing but data on stacks: of the heap, and of where each task stands.
    state_key hash_without_stack_data() const;
    // Of where the tasks stand, and of which of them can go on.
    state_key hash_of_places() const;
    // Tasks that can go on, by bits.
    std::uint64_t enabled() const;
    // Tasks that may still run, now or later.
    std::uint64_t alive() const;
    // Lets a task take a step; false if it ended the run in a report.
    bool step(unsigned task);
    // What the step that was taken last touched is in sim::the_footprint from here on, until the next one. Of one that was not executed
    // each store has as the value before it another one if the step changed it, not the one that the word had.
    void show_footprint();
    // The number of the step that was taken last, if it was remembered: where it is the same, so are the step, its footprint, and
    // where its task stood and stands. 0: it was executed.
    std::uint32_t known_number() const { return last_known; }
    // Takes the last step back.
    void back();
    // Words on the stack of the task that took the last step which others touch and which lay in calls that it has
    // replaced: they are other variables now.
    const std::vector<sim::word_index> &replaced();
    // A step by its number. REQUIRES: it is still remembered.
    const known_step &remembered(std::uint32_t number) const { return memory.step_of(number); }
    // Called before steps are forgotten in the middle of a walk.
    void before_forgetting(std::function<void()> call) { forgets = std::move(call); }
    // Which words of stacks others touch than their owner; it has an effect later, as in persistent_sets.
    const std::vector<lesson> &learnt();
    void learn(const lesson &elsewhere);
    void take_effect();
    // Does what may change anything in the world, and takes that back.
    template <typename Detour> auto detour(Detour go)
    {
        save_all();
        auto result = go();
        restore_all();
        return result;
    }
    std::size_t depth() const { return steps.size(); }
    // How many of them are the task's.
    std::uint32_t steps_of(unsigned task) const { return steps_by[task]; }
    std::size_t bytes() const;
    // A number of where the task stands: of the code addresses on its stack, and of the task.
    std::uint64_t position(unsigned task) const { return positions[task]; }
    const std::array<std::uint64_t, sim::tasks_max> &all_positions() const { return positions; }

private:
    struct step_taken {
        unsigned task;
        std::size_t changes;
        std::size_t stacks;
        std::size_t shared;
        std::size_t raw;
        state_key words_hash;
    };
    // A piece of shared_variables, from the outermost call on.
    struct piece {
        std::size_t from = 0, to = 0;
    };
    struct look {
        state_key hash;
        std::uint64_t position = 0;
        piece shared;
        step_root root;
    };
    struct stack_change {
        unsigned task;
        look before;
    };

    void save_all();
    void restore_all();
    void save(unsigned task);
    bool remembers() const { return script != nullptr && script->answers.empty(); }
    void take(unsigned task, const known_step &known);
    void find_replaced(std::vector<sim::word_index> &into) const;
    // Before a step.
    struct beginning {
        state_key stack;
        std::uint64_t runnable;
    };
    known_step describe(unsigned task, const beginning &before) const;
    void remember(unsigned task, const beginning &before, const known_step *known);
    void account_for(unsigned task);
    void look_at_stack(unsigned task);
    void change_look(unsigned task, const look &now);
    look look_of(unsigned task);
    void look_at_all_stacks();

    state_key hash_of_word(sim::word_index word, std::uint64_t value) const;
    state_key hash_of_stack(unsigned task) const;
    state_key sum_of_words(sim::word_index from, sim::word_index to) const;
    state_key sum_of_heap_and_shadow() const;

    const bool wide;
    const step_script *const script;
    bool checks_memory = false;
    step_memory memory;
    std::uint32_t last_known = 0;
    const known_step *taken = nullptr; // the step that was taken last, unless it was executed
    bool footprint_is_shown = false, replaced_are_found = false;
    std::vector<sim::word_index> last_replaced;
    std::function<void()> forgets;
    std::vector<step_memory::found_value> values;
    state_key words_hash;
    state_key stacks_hash;
    std::array<state_key, sim::tasks_max> stack_hashes{};
    std::array<std::uint64_t, sim::tasks_max> positions{};
    std::array<piece, sim::tasks_max> shared_of{};
    std::array<step_root, sim::tasks_max> roots{};
    std::vector<shared_variable> shared_variables; // of all tasks, those of later looks behind those of earlier ones
    std::vector<step_taken> steps;
    std::array<std::uint32_t, sim::tasks_max> steps_by{};
    std::vector<sim::word_change> changes;
    std::vector<stack_change> stacks;
    std::vector<std::byte> raw;
    std::size_t raw_used = 0;
    sim::saved_world all;
    std::vector<sim::call_stack> all_calls;
    std::vector<lesson> fresh;
    std::uint32_t foreign_told = 0;
};

} // namespace interfuse
