// Lines and branches of core/dev.cpp that nothing can reach, each with its reason.
#pragma once

#include <string>
#include <vector>

#include "checker/trace/gcov_report.hpp"

namespace interfuse {

// An entry excuses a line of a function by its text, or a branch of that line by its number, counted from 0.
struct unreachable {
    std::string function; // the word before the function's parameters
    std::string source;   // the line's text without the blanks around it
    int branch = -1;      // -1: the line with all its branches
    std::string reason;
};

// Lines of core/unreachable.txt: function | source | line or branch number | reason. Blank lines and lines that begin
// with # are skipped. On success error is empty.
struct unreachable_list {
    std::vector<unreachable> entries;
    std::string error;
};
unreachable_list parse_unreachable(const std::string &text);

// Something that was not reached.
struct gap {
    unsigned line;
    int branch; // -1: the line
    std::string source;
    std::string reason; // empty: nobody says why
};

struct gaps {
    std::vector<gap> open;               // in the order of the source
    std::vector<std::string> complaints; // entries that are reached after all, or whose line is gone
};
// `lines` are all lines of the file with their counts, `source` is its text.
gaps find_gaps(const std::vector<gcov_line> &lines, const std::vector<std::string> &source,
               const std::vector<unreachable> &excuses);

} // namespace interfuse
