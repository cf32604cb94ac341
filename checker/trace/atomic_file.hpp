// Files that are there complete or not at all.
#pragma once

#include <string>
#include <string_view>

namespace interfuse {

// Replaces the file, making its folder if need be; survives a crash at any moment. Returns an error sentence, or
// nothing.
std::string write_file(const std::string &path, std::string_view text);

} // namespace interfuse
