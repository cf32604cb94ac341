// Findings of the simulated kernel.
#include "sim/kernel/bug.hpp"

#include <fmt/format.h>

#include "sim/run.hpp"

namespace kernel {

void bug(place where)
{
    sim::report({sim::verdict_kind::bug, "BUG_ON", fmt::format("kernel BUG in {}", where.function), where});
}

void rule_broken(const char *rule, std::string message, place where)
{
    sim::report({sim::verdict_kind::violation, rule, std::move(message), where});
}

} // namespace kernel
