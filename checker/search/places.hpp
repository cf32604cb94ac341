// What was seen to happen from the places of the code where tasks stand: what their steps touch, and where they lead.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "checker/search/lesson.hpp"
#include "checker/search/number_set.hpp"
#include "sim/footprint.hpp"
#include "sim/world.hpp"

namespace interfuse {

// Numbers of words that tasks contend for, by what is done to them. A word that was stored to and has its old value again
// counts as read, as nobody can look in between. Of stacks those words count that others than their owner touch; where calls
// have returned or were made, such a word is another one than before, hence changed.
struct touched_numbers {
    number_set read, changed;
    number_set counted; // see sim::add_to_count

    // In one order or the other something differs.
    bool conflicts_with(const touched_numbers &other) const;
    // Whether it grows.
    bool add(const touched_numbers &more);
};

// What one task was seen to do, another one of its name may do that stands at the same place of the code.
class places {
public:
    static constexpr std::uint32_t unknown = UINT32_MAX;

    struct place {
        std::uint64_t position = 0; // world_walk::position
        std::uint8_t task = 0;
        bool at_start = false;                                   // its task begins here
        bool ends_run = false;                                   // a step from here has done so
        std::unordered_map<sim::word_index, std::uint8_t> touched; // by steps from here, with the ways to do so as bits
        std::vector<std::uint32_t> next;                         // places they lead to
    };

    // Where the tasks stand at the start; there are some that never go on from there.
    void learn_start(std::uint64_t alive, const std::array<std::uint64_t, sim::tasks_max> &positions);
    // Reads the step that a task took last, from one place to another, out of sim::the_footprint; `replaced` as in
    // world_walk.
    void learn_step(unsigned task, std::uint64_t from, std::uint64_t to, const std::vector<sim::word_index> &replaced,
                    bool continues);

    const std::vector<place> &all() const { return list; }
    std::uint32_t find(std::uint64_t position) const; // in that list, or `unknown`
    // By place, what steps from there touch of that which tasks contend for.
    std::vector<touched_numbers> touched() const;

    // What was learnt since the last call of forget_lessons(), for the same places in another process.
    const std::vector<lesson> &learnt() const { return fresh; }
    void learn(const lesson &elsewhere);
    void forget_lessons();

    std::size_t bytes() const;

private:
    bool is_known(unsigned task, std::uint64_t from, std::uint64_t to, const std::vector<sim::word_index> &replaced,
                  bool continues);
    std::uint32_t place_of(std::uint64_t position, unsigned task);
    static std::uint64_t code_of(const place &at);
    void learn_from_twin(std::uint32_t at, std::uint32_t twin);
    template <typename Visit> void for_twins(std::uint32_t at, Visit visit);
    void touch(sim::word_index word, unsigned task, lesson_kind how);
    bool add_touch(std::uint32_t at, sim::word_index word, std::uint8_t ways);
    void add_touch_of_twin(std::uint32_t at, std::uint32_t twin, sim::word_index word, std::uint8_t ways);
    bool add_way(std::uint32_t from, std::uint32_t to);
    void learn_touch(std::uint32_t at, sim::word_index word, lesson_kind how);
    bool is_contended(sim::word_index word) const;
    void learn_way(std::uint32_t from, std::uint32_t to);
    void learn_end(std::uint32_t at);

    std::unordered_map<sim::word_index, std::uint16_t> words; // with what anybody does to them
    std::unordered_map<std::uint64_t, std::uint32_t> known;
    std::unordered_map<std::uint64_t, std::vector<std::uint32_t>> by_code; // places of different tasks
    std::vector<place> list;
    std::unordered_set<std::uint64_t> seen; // steps that there is nothing more to learn from, by their hashes
    std::vector<std::uint64_t> footprint;   // of the step in progress: each word, with how it was touched
    std::vector<lesson> fresh;
};

} // namespace interfuse
