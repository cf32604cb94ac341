// The list of scenarios.
#include "scenarios/all.hpp"

namespace interfuse {

std::span<const scenario> all_scenarios()
{
    static const std::vector<scenario> list = {
        one_request(), killed_request(), aborted_request(), daemon_dies(), init(), release(), unmount(),
    };
    return list;
}

} // namespace interfuse
