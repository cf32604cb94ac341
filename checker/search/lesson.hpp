// Something that a search has learnt about a program, as one process tells it to another.
#pragma once

#include <cstdint>

namespace interfuse {

enum class lesson_kind : std::uint8_t {
    reads,       // a step from place a reads word b
    changes,     // and changes it
    counts,      // it does nothing to word b but count, see sim::add_to_count
    leads,       // a step from place a leads to place b
    ends_run,    // a step from place a ends the run
    shared_word, // word a, of a stack, is touched by others than its owner
};

struct lesson {
    lesson_kind kind;
    std::uint8_t task = 0; // that stands at place a
    std::uint64_t a = 0;
    std::uint64_t b = 0;
};

} // namespace interfuse
