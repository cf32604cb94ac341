// The cores that this build has, from cores.json beside the executable.
#pragma once

#include <string>
#include <vector>

namespace interfuse {

struct core_description {
    std::string name;
    std::string kind; // faithful, repaired, mutant, or probe: a mutant made for one checker
    std::string patch;
    std::string summary;
    std::string shown_in; // of a mutant: the arguments of explore that show it; empty if nobody knows
    std::string searched_in; // the arguments of verify, where those of explore make too many states; else empty
    std::string found_by; // the checkers that may find it first, separated by commas
    std::string tree; // its source tree in the build folder
    std::vector<std::string> sources;
    bool built = false; // its executable is there
};

// On success error is empty.
struct core_list {
    std::vector<core_description> cores;
    std::string error;
};
core_list read_core_list(const std::string &folder);

// The folder of the running executable.
std::string executable_folder();
std::string executable_of_core(const std::string &folder, const std::string &core);
// The one in which everything that changes a world is watched.
std::string search_executable_of_core(const std::string &folder, const std::string &core);

} // namespace interfuse
