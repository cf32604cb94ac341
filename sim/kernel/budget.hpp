// MODELLED: how many disturbances of each kind a run may still contain; what keeps the search finite.
#pragma once

#include <cstdint>

#include "sim/choose.hpp"

namespace kernel {

struct disturbance_budget {
    std::uint8_t page_faults;
    std::uint8_t bad_addresses;
    std::uint8_t failed_allocations;
};

// The world's budget, to be set by a scenario.
disturbance_budget &budget();

// Whether the disturbance strikes now: chosen while the budget lasts, else never.
bool disturb(sim::choice_kind kind, std::uint8_t &left);

} // namespace kernel
