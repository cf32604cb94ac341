// A trace as text: one column for each task, one row for each event.
#pragma once

#include <cstddef>
#include <string>

#include "checker/trace/trace.hpp"

namespace interfuse {

struct columns_options {
    unsigned width = 120;
    std::size_t last = SIZE_MAX; // show no more rows than these last ones
    bool colour = false;
    std::string hint; // how to see the rows left out, for the line that says so
};

// Only one task acts in a row, so its text may run over the columns to its right; the source line stands at the end.
std::string columns_of(const trace &what, const columns_options &options);

} // namespace interfuse
