// Findings of the simulated kernel.
#include "sim/kernel/bug.hpp"

#include <fmt/format.h>

#include "sim/run.hpp"

namespace kernel {

void bug(place where)
{
    if (sim::is_ignored("BUG_ON"))
        return;
    // Places: BUG_ON's caller, then its caller; where there is no instrumented caller, none.
    std::vector<place> places = sim::places_in_program(nullptr);
    std::string caller = places.empty() ? "" : places.front().function();
    sim::report({sim::verdict_kind::bug, "BUG_ON", fmt::format("kernel BUG in {}{}{}", where.function(),
                                                               caller.empty() ? "" : ", called by ", caller),
                 where, caller});
}

void rule_broken(const char *rule, std::string message, place where)
{
    if (!sim::is_ignored(rule))
        sim::report({sim::verdict_kind::violation, rule, std::move(message), where});
}

} // namespace kernel
