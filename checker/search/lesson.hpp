// Something that a search has learnt about a program, as one process tells it to another.
#pragma once

#include <cstdint>

namespace interfuse {

enum class lesson_kind : std::uint8_t {
    reads,          // a step from place a reads word b
    changes,        // and changes it
    counts,         // it does nothing to word b but count, see sim::add_to_count
    waits,          // whoever stands at place a waits for word b to be zero
    beside_reads,   // while its task stands at place a, a step of another task reads a word: b is task_and_word()
    beside_changes,
    beside_counts,
    leads,          // a step from place a leads to place b
    ends_run,       // a step from place a ends the run
    shared_word,    // word a, of a stack, is touched by others than its owner
};

inline lesson_kind beside_way(lesson_kind how)
{
    return how == lesson_kind::reads     ? lesson_kind::beside_reads
           : how == lesson_kind::changes ? lesson_kind::beside_changes
                                         : lesson_kind::beside_counts;
}

inline lesson_kind not_beside(lesson_kind how)
{
    return how == lesson_kind::beside_reads     ? lesson_kind::reads
           : how == lesson_kind::beside_changes ? lesson_kind::changes
                                                : lesson_kind::counts;
}

inline std::uint64_t task_and_word(unsigned task, std::uint32_t word)
{
    return std::uint64_t{task} << 32 | word;
}

inline unsigned task_in(std::uint64_t task_and_word)
{
    return static_cast<unsigned>(task_and_word >> 32);
}

struct lesson {
    lesson_kind kind;
    std::uint8_t task = 0; // that stands at place a
    std::uint64_t a = 0;
    std::uint64_t b = 0;
};

} // namespace interfuse
