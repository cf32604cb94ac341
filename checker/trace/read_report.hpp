// What an exploration in another process has found, from its report.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace interfuse {

struct reported_finding {
    std::string scenario;
    std::string invariant;
    std::string message;
    std::string trace; // path; empty for a setup that ends in a finding, which leaves no trace
    std::uint64_t first_run = 0;
};

// On success error is empty.
struct report_summary {
    std::vector<reported_finding> findings;
    std::uint64_t runs = 0;
    std::string digest;
    std::string error;
};
report_summary read_report(const std::string &path);

} // namespace interfuse
