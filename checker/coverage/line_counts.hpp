// Lines and branches of source files with how often they were reached, summed over runs.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "checker/trace/gcov_report.hpp"

namespace interfuse {

// How many there are, and how many of these were reached.
struct share_reached {
    unsigned reached = 0;
    unsigned all = 0;
};

struct reach {
    share_reached lines;
    share_reached branches;
};

class line_counts {
public:
    void add(const std::vector<gcov_line> &lines);
    void add(const line_counts &others);
    // Of files whose names begin so.
    reach of(const std::string &file) const;
    std::vector<std::string> files() const;
    // In the order of the source: lines that were not reached, and those with a branch that was not.
    std::vector<gcov_line> incomplete(const std::string &file) const;
    // Each line once, with the branches of all functions on it one after the other.
    std::vector<gcov_line> lines_of(const std::string &file) const;

private:
    void add(const gcov_line &line);
    std::map<std::tuple<std::string, unsigned, std::string>, gcov_line> counts;
};

} // namespace interfuse
