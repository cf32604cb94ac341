// Lines and branches of the core that nothing can reach, each with its reason.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "checker/trace/gcov_report.hpp"

namespace interfuse {

// An entry excuses a line of a function by its text, or a branch of that line by its number, counted from 0.
struct unreachable {
    std::string file;
    std::string function; // the word before the function's parameters
    std::string source;   // the line's text without the blanks around it
    int branch = -1;      // -1: the line with all its branches
    std::string reason;
};

// Rows of core/unreachable.txt that concern a core: function | source | line or branch number | reason, in sections
// that name a file and perhaps a core. On success error is empty.
struct unreachable_list {
    std::vector<unreachable> entries;
    std::string error;
};
unreachable_list parse_unreachable(const std::string &text, const std::string &core);

// Something that was not reached.
struct gap {
    std::string file;
    unsigned line;
    int branch; // -1: the line
    std::string source;
    std::string reason; // empty: nobody says why
};

struct gaps {
    std::vector<gap> open;               // in the order of the files and their lines
    std::vector<std::string> complaints; // entries that are reached after all, or whose line is gone
};
// `lines` are all lines of the core with their counts, `sources` the text of each of its files.
gaps find_gaps(const std::vector<gcov_line> &lines, const std::map<std::string, std::vector<std::string>> &sources,
               const std::vector<unreachable> &excuses);

} // namespace interfuse
