// Which planted bugs only one check finds, as the self-check has found out last.
#pragma once

#include <string>
#include <string_view>

namespace interfuse {

// The names of the cores, separated by commas; empty where there is none. `entry` is one of entries_of_checks().
std::string needed_for(std::string_view entry);

// Of each of some rules, separated by commas.
std::string needed_for_any(const std::string &rules);

} // namespace interfuse
