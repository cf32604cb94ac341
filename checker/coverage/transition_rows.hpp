// The state machine of requests as a table, and which of its rows runs have reached.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sim/event.hpp"

namespace interfuse {

struct transition_row {
    std::string_view from, to;
    std::string_view where;                // functions of dev.c, and why
    std::string_view not_in_faithful = {}; // why the core linux-2.6.17 cannot reach it, if so
};

std::span<const transition_row> transition_rows();

// From now on each run's rows are noted, by a listener that comes before the ghost state's.
void note_rows();
bool are_rows_noted();
void note_row(const sim::event &what);
// Bit i: row i was reached since note_rows was called.
std::uint32_t reached_rows();

} // namespace interfuse
