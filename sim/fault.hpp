// Mistakes of interfuse itself, as opposed to findings in the simulated program.
#pragma once

#include "sim/place.hpp"

namespace sim {

// Exit status of an error of interfuse itself.
inline constexpr int exit_internal = 70;

[[noreturn, gnu::cold]] void internal_error(const char *what, place where = place::here());

// An assertion that stays on in every build.
inline void require(bool holds, const char *what, place where = place::here())
{
    if (!holds) [[unlikely]]
        internal_error(what, where);
}

} // namespace sim
