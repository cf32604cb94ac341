// The rules of style that a machine can check, one line of complaint for each breach.
#pragma once

#include "checker/tidy/source.hpp"

namespace interfuse::tidy {
// Each complaint reads "path:line: rule".
using complaints = std::vector<std::string>;

complaints check_source(const source &file);

// Rules about single lines, as patterns.
void check_lines(const source &file, complaints &found);
// Rules about a whole file: its name, length, functions, comments that must come in pairs.
void check_file(const source &file, complaints &found);
// Which includes there are and in which order.
void check_includes(const source &file, complaints &found);

// Rules about all files together. `paths` are relative to the root; `readme` is the text of README.md.
complaints check_tree(const std::vector<std::string> &paths, const std::vector<source> &files, std::string_view readme);

void complain(complaints &found, const source &file, size_t line, std::string_view rule);
bool is_test(const std::string &path);
// The file's name without folder and extension.
std::string stem(const std::string &path);
} // namespace interfuse::tidy
