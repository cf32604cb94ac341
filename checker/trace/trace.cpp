// Small parts of traces.
#include "checker/trace/trace.hpp"

#include <fmt/format.h>

#include "generated/build_info.hpp"

namespace interfuse {

build_description this_build()
{
    return {tool_version, build_compiler, build_flags};
}

source_place copy_of(const sim::place &where)
{
    return {where.file(), where.function(), where.line()};
}

bool is_of_setup(const trace &recorded)
{
    return !recorded.steps.empty() && recorded.steps.front().setup;
}

std::string place_text(const trace_verdict &verdict)
{
    const source_place &where = verdict.location;
    if (where.line == 0)
        return "";
    // Of a race the other place is known, which has no part in the calls of this one.
    const char *word = verdict.invariant == "data_race" ? "against" : "called by";
    std::string caller = verdict.caller.empty() ? "" : fmt::format(", {} {}", word, verdict.caller);
    return fmt::format(" ({}:{}, {}{})", where.file, where.line, where.function, caller);
}

std::string_view name_of(sim::point_set points)
{
    return points == sim::point_set::coarse ? "coarse" : "fine";
}

std::string_view name_of(check_level checks)
{
    return checks == check_level::end ? "end" : "steps";
}

} // namespace interfuse
