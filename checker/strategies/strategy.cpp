// The list of strategies.
#include "checker/strategies/strategy.hpp"

#include <array>

#include "checker/strategies/random.hpp"

namespace interfuse {

template <typename Strategy> static std::unique_ptr<sim::strategy> make(std::uint64_t seed)
{
    return std::make_unique<Strategy>(seed);
}

std::span<const named_strategy> all_strategies()
{
    static constexpr std::array<named_strategy, 1> strategies = {{
        {"random",
         "each runnable task is equally likely at each step; a page faults, an address is bad and an allocation "
         "fails one time in four",
         make<random_strategy>},
    }};
    return strategies;
}

const named_strategy *find_strategy(std::string_view name)
{
    for (const named_strategy &candidate : all_strategies()) {
        if (candidate.name == name)
            return &candidate;
    }
    return nullptr;
}

} // namespace interfuse
