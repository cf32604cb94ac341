// The files of the project as they lie on the disk.
#pragma once

#include "checker/tidy/source.hpp"

namespace interfuse::tidy {
// Paths from the root, sorted: what git tracks or would add, or, where there is no git, all but build/ and
// dotfiles.
std::vector<std::string> list_paths(const std::string &root);

std::string read_text(const std::string &file);

// The .cpp and .hpp files among `paths` that belong to sim/, core/, scenarios/ and checker/.
std::vector<source> read_sources(const std::string &root, const std::vector<std::string> &paths);
} // namespace interfuse::tidy
