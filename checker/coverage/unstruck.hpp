// Which disturbance struck which operation at which stage, and where none can, each with its reason.
#pragma once

#include <bitset>
#include <span>
#include <string>
#include <vector>

#include "checker/strikes/observation.hpp"

namespace interfuse {

using strike_set = std::bitset<strike_numbers>;

// The operations that the core sends, and 0 for a request that is none yet.
std::span<const unsigned> operations_of_core();
// Each of these with each disturbance and each stage.
const strike_set &all_strikes();

// A row excuses some strikes.
struct unstruck {
    std::string text; // the row but for its reason
    std::string reason;
    strike_set strikes;
};

// Rows of core/unstruck.txt that concern a core: operations | disturbances | stages | reason, each of the three names with
// commas between them, or * for all. On success error is empty.
struct unstruck_list {
    std::vector<unstruck> entries;
    std::string error;
};
unstruck_list parse_unstruck(const std::string &text, const std::string &core);

struct strike_gaps {
    std::vector<strike> open;            // never seen, and nobody says why
    std::vector<std::string> complaints; // rows one of whose strikes was seen
};
strike_gaps find_strike_gaps(const strike_set &seen, const std::vector<unstruck> &excuses);

} // namespace interfuse
