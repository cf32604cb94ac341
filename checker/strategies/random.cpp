// Random choices.
#include "checker/strategies/random.hpp"

#include <array>

namespace interfuse {

random_strategy::random_strategy(std::uint64_t seed) : stream(sim::splitmix64(seed)) {}

void random_strategy::begin(std::uint64_t run)
{
    std::uint64_t state = stream + run;
    numbers = sim::rng(sim::splitmix64(state));
    // Four kinds of run: a task is preempted at every point as likely as not, or on average every 4, 8 or 32 points.
    // Uniform choices alone would start every task in the first few steps.
    constexpr std::array<std::uint32_t, 4> points = {0, 4, 8, 32};
    stay = points[numbers.below(points.size())];
}

static bool is_disturbance(sim::choice_kind kind)
{
    return kind == sim::choice_kind::page_fault || kind == sim::choice_kind::bad_address ||
           kind == sim::choice_kind::allocation;
}

// A disturbance is asked for at each access. A fair coin would spend a run's allowance of them on its first few
// accesses, so they come one time in four.
unsigned random_strategy::choose(sim::choice_kind kind, unsigned alternatives)
{
    std::uint32_t odds = kind == sim::choice_kind::preempt ? stay : is_disturbance(kind) ? 4 : 0;
    if (odds == 0)
        return numbers.below(alternatives);
    return numbers.below(odds) == 0 ? 1 + numbers.below(alternatives - 1) : 0;
}

} // namespace interfuse
