// What scenarios reach of the core, for people and programs.
#pragma once

#include <string>

#include "checker/coverage/measure.hpp"
#include "checker/coverage/unreachable.hpp"
#include "checker/coverage/unstruck.hpp"

namespace interfuse {

struct coverage_report {
    std::string core;
    std::uint64_t seed;
    measurement measured;
    line_counts sum;
    tally sums;
    std::uint32_t rows = 0;
    gaps of_core;
    strike_gaps of_strikes;
    std::vector<unstruck> unstruck_rows;

    // The transitions that were never seen and might have been.
    std::uint32_t missing_rows() const;
    // Those that were seen although they cannot be in this core.
    std::uint32_t contradicting_rows() const;

    // Each line and branch of the core is reached or has a reason, each disturbance struck each operation at each stage
    // or there is a reason why it cannot, no reason is wrong, and each transition was seen.
    bool is_complete() const;
};

std::string coverage_text(const coverage_report &report);
std::string coverage_json(const coverage_report &report);

} // namespace interfuse
