// What one step of a search touches: each word it reads, each it writes with the value before.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/arena.hpp"

namespace sim {

// Words of eight bytes, numbered from the arena's start.
using word_index = std::uint32_t;
inline constexpr word_index words_of_arena = arena_bytes / 8;

inline word_index word_of(const void *address)
{
    return static_cast<word_index>((reinterpret_cast<std::uintptr_t>(address) - arena_base) / 8);
}

inline constexpr word_index first_stack_word = (stacks_base - arena_base) / 8;
inline constexpr word_index first_shadow_word = (shadow_base - arena_base) / 8;

inline bool is_on_a_stack(word_index word)
{
    return word >= first_stack_word && word < first_shadow_word;
}

inline std::uint64_t &word_at(word_index word)
{
    return reinterpret_cast<std::uint64_t *>(arena_base)[word];
}

struct word_change {
    word_index word;
    std::uint32_t loads; // of other words that the step had listed before
    std::uint64_t before;
};

// The footprint of the step in progress or last taken. Each word is listed once among the loads, unless the step stored to
// it first, and once among the stores. Left out are the world's header but for the heap's size, as it follows from the tasks'
// entries, and of the task's own stack the words that nobody else has ever touched; its stores to the others are not listed
// with a value to go back to, since whoever goes back restores the stack as a whole.
struct step_footprint {
    bool recording = false;
    std::uint32_t loads = 0;
    std::uint32_t stores = 0;
    word_index *loaded = nullptr;
    word_change *stored = nullptr;
    std::uintptr_t own_stack = 0;
    std::uintptr_t deepest = 0; // the lowest call seen since what calls have left was wiped (call_entry.cpp)
    std::uint32_t passed_over = 0;
    word_index *passed = nullptr;  // what need not be noted, so that its marks can be taken off again
    std::uint8_t *marks = nullptr; // by word: 2, a store need not be noted any more; 1, nor a load; counted_mark
    std::uint64_t *shared_stack = nullptr;  // by word, a bit: words of stacks that others than their owner touch, as far as
    std::uint64_t shared_words = 0;         // share_stack_word() was told; how many that are
    std::uint64_t *foreign_stack = nullptr; // by word, a bit: those that somebody was seen to touch since
    std::uint32_t foreign_words = 0;
    word_index *foreign = nullptr; // the same as a list
};
extern constinit step_footprint the_footprint;

// Of a word that is listed among the stores: the step has done nothing to it but count.
inline constexpr std::uint8_t counted_mark = 8;

// Whether the fakes and the scenarios of this executable report what they touch, as the core does in each.
extern bool fakes_are_watched;

// Nothing has been touched yet. Called before the first footprint of each search.
void forget_footprints();
// Begins the footprint of a step of that task.
void begin_footprint(unsigned task);
inline void end_footprint()
{
    the_footprint.recording = false;
}

// From here on a word of a stack is one that others than its owner touch.
void share_stack_word(word_index word);

inline bool is_shared(word_index word)
{
    return (the_footprint.shared_stack[word / 64] >> word % 64 & 1) != 0;
}

// Adds to a reference count; the sum. Where it was above zero before and is so behind, steps of several tasks that do no
// more than that lead to the same state in any order, and nobody has seen the difference.
int add_to_count(int *count, int more);

void note_touched_slowly(const void *address, std::size_t bytes, bool write);

// A load or store by the step.
[[gnu::always_inline]] inline void note_touched(const void *address, std::size_t bytes, bool write)
{
    std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(address) - arena_base;
    auto here = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    if (here < the_footprint.deepest)
        the_footprint.deepest = here;
    if (offset >= arena_bytes)
        return;
    // What this leaves on the stack of the task must be the same in equal worlds; hence no counter of steps.
    if ((the_footprint.marks[offset / 8] & (write ? 2 : 1)) != 0 && offset % 8 + bytes <= 8)
        return;
    note_touched_slowly(address, bytes, write);
}

} // namespace sim
