// The scenarios that a verb is asked to work on.
#pragma once

#include <string>
#include <vector>

#include "checker/search/explore.hpp"

namespace interfuse {

// The sentence that there is none of that name, with the names that there are.
std::string no_scenario(const std::string &name);

// What the names of scenarios in a command line are, for its help.
inline constexpr const char *names_of_scenarios =
    "Names of scenarios, with parameters of their own as in mix:requesters=2,split=1, which win over --set; all if none "
    "is named";

// The scenarios of those names, all if there is none, with the parameters that stand behind a name as in
// NAME:key=value,key=value, else those that `set` gives as key=value, and the presets of the others. One may be named
// again with other parameters. Returns what is wrong, in a sentence, or nothing.
std::string choose_subject(const std::vector<std::string> &names, const std::vector<std::string> &set,
                           std::vector<chosen_scenario> &chosen);

// Returns why no trace could be written to a folder of that name, in a sentence for the user, or nothing. The folder need
// not be there yet.
std::string check_out_folder(const std::string &folder);
// Whether a file can be written there, as far as can be told before; what speaks against it.
std::string check_out_file(const std::string &path);

} // namespace interfuse
