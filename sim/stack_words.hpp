// Words of stacks that others than their owner have ever touched.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/arena.hpp"
#include "sim/world.hpp"

namespace sim {

inline constexpr std::size_t stack_words_max = tasks_max * stack_stride / 8;

// More than half of what a program loads and stores lies on the stack of the task that runs, and hardly any of it is ever
// seen by another. The watcher of races may be told to pass over such words. It cannot know before: when another task touches a
// word that it has passed over, `news` says that the run must be taken again, by the same choices. What is shared stays
// known for as long as the process, so that this happens a few times in all, and the second time nothing is passed over
// that matters.
struct stack_word_state {
    bool pass_over = false;
    bool news = false;
    std::array<std::uint64_t, stack_words_max / 64> shared = {}; // a bit for each word
};
extern constinit stack_word_state the_stack_words;

inline bool is_shared_stack_word(std::size_t number)
{
    return (the_stack_words.shared[number / 64] >> number % 64 & 1) != 0;
}

// Of a word of the arena that the running task touches, by its number: whether there is nothing to keep. Notes it if it is
// another's.
inline bool is_passed_over(std::size_t word)
{
    std::size_t number = word - heap_bytes / 8;
    if (number >= stack_words_max)
        return false;
    if (number / (stack_stride / 8) == current_task())
        return the_stack_words.pass_over && !is_shared_stack_word(number);
    the_stack_words.news |= !is_shared_stack_word(number);
    the_stack_words.shared[number / 64] |= std::uint64_t{1} << number % 64;
    return false;
}

} // namespace sim
