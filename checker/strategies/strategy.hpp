// The strategies that explore can sample with.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "sim/choose.hpp"

namespace interfuse {

struct named_strategy {
    const char *name;
    const char *summary;
    std::unique_ptr<sim::strategy> (*make)(std::uint64_t seed);
};

// The first is the preset.
std::span<const named_strategy> all_strategies();
// Null if there is none of that name.
const named_strategy *find_strategy(std::string_view name);

} // namespace interfuse
