// A state on the path of a search, and the work that lies there.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "checker/search/sleeping.hpp"
#include "checker/strategies/guided.hpp"

namespace interfuse {

inline constexpr unsigned sleepers_max = 16; // tasks beyond are tried everywhere

// Sets of tasks are bits.
inline std::uint64_t bit_of(unsigned task)
{
    return std::uint64_t{1} << task;
}

// A state with what was and is still to be tried from it.
struct search_frame {
    std::uint64_t awake = 0;         // to be tried
    std::uint64_t left_out = 0;      // can go on, and need not be tried
    std::uint64_t tried = 0;         // of those that are awake
    std::uint64_t stirred = 0;       // have taken a step that is not local or has answers
    bool passed = false;             // the state is passed through, by a local step
    std::uint32_t run_of_passed = 0; // so many states in a row before this one were passed through
    std::uint32_t asleep = 0;        // tried elsewhere, and nothing that was done since has to do with it
    std::uint32_t done = 0;          // tried here, with all answers, and does not end the run
    std::array<std::uint32_t, sleepers_max> noted_in{}; // by task that is asleep or done: the frame with its `words`
    std::array<touched_words, sleepers_max> words;      // by task that was tried here: what its step touches
    bool ends_run = false;                              // a variant of the step in progress or tried last has
    bool closed = false;                                // somebody else tries the rest
    search_step taken;                                  // the step in progress or tried last
    std::vector<sim::choice> next;                      // answers of the next variant of that step
    bool more_variants = false;

    // Tasks whose words are needed to go on: those that sleep, are done, or will be when the step in progress is.
    std::uint32_t noted() const
    {
        std::uint32_t last = taken.task < sleepers_max && tried != 0 ? 1U << taken.task : 0;
        return asleep | done | last;
    }
};

// The rest of the work in a state that lies at the end of a path from the start.
struct handed_over {
    std::vector<search_step> path;
    search_frame from; // its `words` are those of all that sleep or are done there
};

} // namespace interfuse
