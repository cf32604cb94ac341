// When a search that has learnt something begins again.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

namespace interfuse {

// What was learnt in a long search is not worth the rest of it, which has to be done again; but nor is each lesson worth a new
// beginning, as others may follow soon. So it goes on until it has taken twice as long as to the last one.
class new_beginning {
public:
    // Whether it is time, after so many states of all processes. Asked every now and then; asks in its turn how many lessons
    // there are, which takes about as long as `pause` states do.
    template <typename Count> bool is_due(std::uint64_t states, std::uint64_t pause, Count lessons)
    {
        constexpr std::uint64_t states_least = 25'000;
        if (states >= ask_at) {
            ask_at = states + std::max(states / 8, pause);
            if (std::uint64_t before = std::exchange(known, lessons()); known != before)
                learnt_at = std::max(states, states_least);
        }
        return learnt_at != 0 && states >= 2 * learnt_at;
    }

private:
    std::uint64_t ask_at = 0;
    std::uint64_t known = 0;     // lessons
    std::uint64_t learnt_at = 0; // so many states had been counted when it last had learnt something; 0: it has not
};

} // namespace interfuse
