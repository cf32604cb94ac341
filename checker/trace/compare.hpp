// Where two traces of what should be one run part.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

#include "checker/trace/trace.hpp"

namespace interfuse {

struct difference {
    std::size_t step; // the first that differs; the number of steps if only the ends differ
    std::string what; // task, enabled tasks, event, hash, verdict...
    std::string expected;
    std::string found;
};

// Compares tasks, enabled tasks, events, hashes, verdict and record. Places are compared by file and function: lines
// move with every edit, and compilers disagree on the line of a call that spans several. A place that comes from debug
// information is compared by function, since unoptimised builds may name the header of an inlined operator.
std::optional<difference> first_difference(const trace &expected, const trace &found);

// Whether `found` is how `whole` begins: the same steps, of which the last one may have been cut short.
bool begins(const trace &found, const trace &whole);

// How many events of the common steps stand at other lines than recorded, those left out whose place comes from debug
// information.
std::size_t count_moved_lines(const trace &expected, const trace &found);

} // namespace interfuse
