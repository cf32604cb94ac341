// A source file as the rules look at it: what is code and what is comment, line by line.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace interfuse::tidy {
// The three vectors have one entry per line. In `code` comments are gone and literals are empty, except in
// includes.
struct source {
    std::string path;
    std::vector<std::string> lines;
    std::vector<std::string> code;
    std::vector<std::string> comments;
};

source parse_source(std::string path, std::string_view text);

// The quoted or bracketed name of an include, with its delimiters; empty for any other line.
std::string_view included_name(const std::string &line);
} // namespace interfuse::tidy
