// MODELLED: asm/bug.h. The kernel's own assertions, and broken rules of the kernel, both findings.
#pragma once

#include <string>

#include "sim/place.hpp"

namespace kernel {

using sim::place;

// Ends the run: the simulated kernel found a bug in itself. Returns only if that is ignored, as in a kernel that was built
// without such assertions.
[[gnu::cold]] void bug(place where);

[[gnu::always_inline]] inline void BUG_ON(bool condition, place where = place::here())
{
    if (condition) [[unlikely]]
        bug(where);
}

// Ends the run: a rule of the kernel is broken. `rule` is a constant such as "sleep_in_atomic". Returns only if the rule is
// ignored; the caller then does what a kernel would that does not notice.
[[gnu::cold]] void rule_broken(const char *rule, std::string message, place where);

} // namespace kernel
