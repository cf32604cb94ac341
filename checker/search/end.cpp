// Judging a state.
#include "checker/search/end.hpp"

namespace interfuse {

sim::verdict verdict_of_end(runner &on, world_walk &way)
{
    return way.detour([&] {
        sim::block_at_gates();
        return on.judge_world();
    });
}

} // namespace interfuse
