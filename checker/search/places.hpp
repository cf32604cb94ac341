// What was seen to happen from the places of the code where tasks stand: what their steps touch, and where they lead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "checker/search/lesson.hpp"
#include "checker/search/number_set.hpp"
#include "sim/footprint.hpp"
#include "sim/world.hpp"

namespace interfuse {

class world_walk;

// Numbers of words, by what is done to them. A word that was stored to and has its old value again counts as read, as
// nobody can look in between. Of stacks those words count that others than their owner touch; where calls have returned
// or were made, such a word is another one than before, hence changed.
struct touched_numbers {
    number_set read, changed;
    number_set counted; // see sim::add_to_count

    static constexpr std::array all_ways = {lesson_kind::reads, lesson_kind::changes, lesson_kind::counts};
    number_set &of(lesson_kind how) { return how == lesson_kind::reads ? read : how == lesson_kind::changes ? changed : counted; }
    const number_set &of(lesson_kind how) const { return const_cast<touched_numbers *>(this)->of(how); }
    std::size_t bytes() const { return read.bytes() + changed.bytes() + counted.bytes(); }
};

// What one task was seen to do, another one of its name may do that stands at the same place of the code.
class places {
public:
    static constexpr std::uint32_t unknown = UINT32_MAX;

    struct place {
        std::uint64_t position = 0; // world_walk::position
        std::uint8_t task = 0;
        bool at_start = false;   // its task begins here
        bool ends_run = false;   // a step from here has done so
        touched_numbers touched; // by steps from here
        // By each task, what its steps touch while this one's stands here. May be shorter.
        std::vector<touched_numbers> beside;
        std::vector<std::uint32_t> next; // places they lead to
    };

    // Where the tasks stand at the start; there are some that never go on from there.
    void learn_start(std::uint64_t alive, const std::array<std::uint64_t, sim::tasks_max> &positions);
    // Reads the step that was taken last, by that task from that place.
    void learn_step(unsigned task, std::uint64_t from, world_walk &way, bool continues);

    const std::vector<place> &all() const { return list; }
    std::uint32_t find(std::uint64_t position) const; // in that list, or `unknown`
    // Numbers of words that several tasks touch, one of which changes it, unless all do nothing but count.
    number_set contended() const;
    // Numbers of words that tasks wait for at a gate, as for a lock.
    number_set gates() const;
    std::uint32_t numbers() const { return static_cast<std::uint32_t>(words.size()); }

    // What was learnt since the last call of forget_lessons(), for the same places in another process.
    const std::vector<lesson> &learnt() const { return fresh; }
    void learn(const lesson &elsewhere);
    void forget_lessons();

    std::size_t bytes() const;

private:
    struct known_word {
        sim::word_index word;
        std::uint16_t ways; // who touches it, and how
    };
    // A step that there is nothing more to learn from but for those who stand at other places than these.
    struct known_step {
        bool is_new = true;
        number_set beside;
    };
    struct remembered {
        std::uint64_t position = 0;
        std::uint32_t index = unknown;
    };

    void list_footprint(world_walk &way, bool continues);
    std::uint32_t look_up(unsigned task, std::uint64_t from, world_walk &way, bool continues);
    std::uint32_t number_of(sim::word_index word);
    std::uint32_t place_of(std::uint64_t position, unsigned task);
    std::uint64_t code_of(const place &at) const;
    void learn_own_step(unsigned task, std::uint64_t from, std::uint64_t to, bool continues);
    void learn_from_twin(std::uint32_t at, std::uint32_t twin);
    template <typename Visit> void for_twins(std::uint32_t at, Visit visit);
    bool add_touch(std::uint32_t at, sim::word_index word, lesson_kind how);
    bool add_beside(std::uint32_t at, unsigned task, sim::word_index word, lesson_kind how);
    bool add_way(std::uint32_t from, std::uint32_t to);
    void learn_touch(std::uint32_t at, sim::word_index word, lesson_kind how);
    void learn_gate(std::uint32_t at, sim::word_index word);
    void learn_beside(std::uint32_t at, unsigned task, sim::word_index word, lesson_kind how);
    void learn_way(std::uint32_t from, std::uint32_t to);
    void learn_end(std::uint32_t at);

    std::vector<known_word> words; // by number
    std::unordered_map<sim::word_index, std::uint32_t> numbers_of;
    std::unordered_map<std::uint64_t, std::uint32_t> known;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_code; // places of different tasks
    std::vector<place> list;
    std::vector<remembered> lately;                        // places, by the lower bits of their positions
    std::unordered_map<std::uint64_t, std::uint32_t> seen; // steps, by their hashes
    std::vector<known_step> steps;
    std::vector<std::uint32_t> by_number; // the same by the number of the step, from 1 on; 0: not seen yet
    std::vector<std::uint64_t> footprint; // of the step in progress: each word, with how it was touched
    std::vector<lesson> fresh;
};

} // namespace interfuse
