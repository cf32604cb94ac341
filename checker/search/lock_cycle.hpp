// A circle of lock orders that no single run shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/lock_order.hpp"

namespace interfuse {

// An order of two classes of locks, and the run that showed it first.
struct seen_order {
    sim::lock_edge edge;
    std::size_t scenario; // its index in the exploration
    std::uint64_t run;
};

// The orders that make a circle, the last of them closing it; empty if there is none. They are taken in the order given, which
// is that of scenarios and runs.
std::vector<seen_order> find_lock_cycle(const std::vector<seen_order> &orders);

} // namespace interfuse
