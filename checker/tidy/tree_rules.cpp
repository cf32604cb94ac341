#include <algorithm>
#include <array>
#include <set>

#include <fmt/core.h>

#include "checker/tidy/rule.hpp"

namespace interfuse::tidy {
namespace {
constexpr std::array<std::string_view, 11> top_level{"sim",          "core",           "scenarios",         "checker",
                                                     "traces",       "CMakeLists.txt", "CMakePresets.json", "README.md",
                                                     "CHANGELOG.md", "LICENSE",        "interfuse"};

void check_top_level(const std::vector<std::string> &paths, complaints &found)
{
    std::set<std::string> seen;
    for (const std::string &path : paths)
        seen.insert(path.substr(0, path.find('/')));
    for (const std::string &name : seen) {
        if (!name.starts_with('.') && std::ranges::find(top_level, name) == top_level.end())
            found.push_back(fmt::format("{}:1: this does not belong at the top level", name));
    }
}

void check_boost_context(const std::vector<source> &files, complaints &found)
{
    const source *owner = nullptr;
    for (const source &file : files) {
        for (size_t i = 0; i < file.code.size(); i++) {
            if (!included_name(file.code[i]).starts_with("<boost/context"))
                continue;
            if (owner && owner != &file)
                complain(found, file, i + 1,
                         fmt::format("Boost.Context stays in one file, and that is {}", owner->path));
            owner = &file;
        }
    }
}

void check_includes_exist(const std::vector<std::string> &paths, const std::vector<source> &files, complaints &found)
{
    std::set<std::string, std::less<>> known(paths.begin(), paths.end());
    for (const source &file : files) {
        for (size_t i = 0; i < file.code.size(); i++) {
            std::string_view name = included_name(file.code[i]);
            if (!name.starts_with('"') || name.starts_with("\"generated/"))
                continue;
            if (!known.contains(name.substr(1, name.size() - 2)))
                complain(found, file, i + 1, "the included file is not in the project");
        }
    }
}
} // namespace

complaints check_tree(const std::vector<std::string> &paths, const std::vector<source> &files, std::string_view readme)
{
    complaints found;
    check_top_level(paths, found);
    check_boost_context(files, found);
    check_includes_exist(paths, files, found);
    for (const char *command : {"./interfuse explore", "./interfuse test"}) {
        if (readme.find(command) == std::string_view::npos)
            found.push_back(fmt::format("README.md:1: the set-up command {} is not shown", command));
    }
    return found;
}
} // namespace interfuse::tidy
