// The scenarios that a verb is asked to work on.
#pragma once

#include <string>
#include <vector>

#include "checker/search/explore.hpp"

namespace interfuse {

// The scenarios of those names, all if there is none, with the parameters that `set` gives as key=value and the presets of
// the others. Returns what is wrong, in a sentence, or nothing.
std::string choose_subject(const std::vector<std::string> &names, const std::vector<std::string> &set,
                           std::vector<chosen_scenario> &chosen);

// Returns why no trace could be written to a folder of that name, in a sentence for the user, or nothing. The folder need
// not be there yet.
std::string check_out_folder(const std::string &folder);

} // namespace interfuse
