// What gcov says of a program's run, read from its JSON format.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace interfuse {

struct gcov_line {
    std::string file;
    std::string function; // as the linker knows it, since a lambda shares its line with the function around it
    unsigned line;
    std::uint64_t count;
    std::vector<std::uint64_t> branches; // how often each was taken, those of exceptions left out
};

// On success error is empty. `text` holds a document for each line.
struct gcov_report {
    std::vector<gcov_line> lines; // of files whose names begin with `below`
    std::string error;
};
gcov_report read_gcov(const std::string &text, const std::string &below);

} // namespace interfuse
