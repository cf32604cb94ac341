// Continuing in the executable of another core.
#include "checker/command_core.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "checker/command_line.hpp"
#include "checker/exit_status.hpp"
#include "checker/trace/core_list.hpp"
#include "sim/footprint.hpp"

namespace interfuse {

static int start(const std::string &path, const std::string &core, char **argv)
{
    execv(path.c_str(), argv);
    if (errno == ENOENT)
        return complain(exit_error, fmt::format("core {0} is not built: {1} is missing; the target interfuse-{0} of the build makes it",
                                                core, path));
    return complain(exit_error, fmt::format("the executable of core {} could not be started: {}: {}", core, path,
                                            std::strerror(errno)));
}

std::optional<int> continue_in_core(const std::string &core, char **argv, int unknown_status, const std::string &prefix)
{
    if (core == core_name)
        return {};
    std::string folder = executable_folder();
    core_list list = read_core_list(folder);
    if (!list.error.empty())
        return complain(exit_error, list.error);
    std::vector<std::string> names;
    for (const core_description &known : list.cores)
        names.push_back(known.name);
    if (std::find(names.begin(), names.end(), core) == names.end())
        return complain(unknown_status,
                        fmt::format("{}one of {} was expected, not \"{}\"", prefix, fmt::join(names, ", "), core));
    return start(executable_of_core(folder, core), core, argv);
}

std::optional<int> continue_in_search(char **argv)
{
    if (sim::fakes_are_watched)
        return {};
    std::string path = search_executable_of_core(executable_folder(), core_name);
    if (access(path.c_str(), X_OK) != 0)
        return complain(exit_error, fmt::format("verify runs in {}, which is not built; only g++ builds it, with neither "
                                                "sanitizers nor counters", path));
    return start(path, core_name, argv);
}

} // namespace interfuse
