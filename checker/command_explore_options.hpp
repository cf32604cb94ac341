// What the command line asks explore to do.
#pragma once

#include <string>

#include "checker/search/explore.hpp"

namespace interfuse {

enum class report_format : std::uint8_t { text, json, junit, github };

struct explore_request {
    explore_options options;
    report_format format = report_format::text;
    // Set if there is nothing to explore: the exit status, after help or a sentence on what is wrong.
    std::optional<int> status;
};

// Starts the executable of another core if that is asked for.
explore_request parse_explore(int argc, char **argv);

} // namespace interfuse
