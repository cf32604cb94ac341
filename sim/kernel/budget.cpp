// The world's remaining disturbances.
#include "sim/kernel/budget.hpp"

#include "sim/run.hpp"

namespace kernel {

static const sim::per_world<disturbance_budget> remaining;

disturbance_budget &budget()
{
    return remaining.get();
}

bool disturb(sim::choice_kind kind, std::uint8_t &left)
{
    if (left == 0 || sim::choose(kind, 2) == 0)
        return false;
    --left;
    return true;
}

} // namespace kernel
