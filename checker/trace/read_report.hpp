// What an exploration or a search in another process has found, from its report.
#pragma once

#include <cstdint>
#include <set>
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

// Of verify. On success error is empty.
struct search_summary {
    std::vector<reported_finding> findings = {};
    std::set<std::string> fingerprints; // of these
    bool complete = false;
    std::uint64_t states = 0;
    std::uint64_t ends = 0; // of all scenarios, as the next three
    std::uint64_t behaved_alike = 0;
    std::uint64_t commuted = 0;
    std::uint64_t walks = 0;
    std::uint64_t scout = 0; // the highest of a scenario
    std::string error = {};
};
search_summary read_search_report(const std::string &path);

} // namespace interfuse
