// Where in the program under test a task is.
#include <algorithm>
#include <string_view>

#include "sim/debug_info.hpp"
#include "sim/run.hpp"

namespace sim {

std::vector<place> places_in_program(const void *pc, unsigned task)
{
    std::vector<place> found;
    auto add = [&](const place &at) {
        if (std::string_view(at.file()).starts_with("core/"))
            found.push_back(at);
    };
    if (pc != nullptr)
        add(place_of(pc));
    const call_stack &calls = the_run.calls[task];
    unsigned lost = calls.depth - std::min(calls.depth, call_depth_max);
    for (unsigned i = calls.depth; i > lost; --i)
        add(place_of(static_cast<const std::byte *>(calls.callers[(i - 1) % call_depth_max]) - 1));
    return found;
}

std::vector<place> places_in_program(const void *pc)
{
    return places_in_program(pc, current_task());
}

} // namespace sim
