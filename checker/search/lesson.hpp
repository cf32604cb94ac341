// Something that a search has learnt about a program, as one process tells it to another.
#pragma once

#include <cstdint>

namespace interfuse {

enum class lesson_kind : std::uint8_t {
    touch,       // task b touches word a
    read,        // a step from place a reads word b
    changed,     // and changes it
    step,        // leads from place a to place b
    conflict,    // a step from place a conflicts with somebody's future
    shared_word, // word a, of a stack, is touched by others than its owner
    changes,     // task b changes word a
    counts,      // task b counts in word a, see sim::add_to_count
    local_word,  // a step from place a, which may be a local one, touches word b
    ends_run,    // a step from place a ends the run
};

struct lesson {
    lesson_kind kind;
    std::uint64_t a = 0;
    std::uint64_t b = 0;
};

} // namespace interfuse
