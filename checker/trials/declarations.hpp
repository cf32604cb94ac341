// Fields that are declared lockless, each with a scenario in which two accesses race once its declaration is taken away.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/scenario.hpp"

namespace interfuse {

struct declaration {
    std::string field; // as "fuse_req.state"
    std::string scenario; // empty: no run is known that needs it
    std::vector<parameter_setting> settings;

    std::string arguments() const; // of explore
};

// Of all fields that the core declares so, in alphabetical order.
std::vector<declaration> declarations();

// What became of a declaration that was taken away.
struct undeclared {
    declaration what;
    std::uint64_t runs = 0; // to the first data race at the field, 0: there was none
    std::string race;       // its message
};
undeclared take_away(const declaration &what, std::uint64_t seed, std::uint64_t runs_max);

} // namespace interfuse
