#include <algorithm>
#include <array>

#include "checker/tidy/rule.hpp"

namespace interfuse::tidy {
namespace {
enum class group { own, standard, third_party, project };

bool is_third_party(std::string_view name)
{
    constexpr std::array<std::string_view, 11> prefixes{"<boost/",    "<fmt/",       "<nlohmann/", "<CLI/",
                                                        "<valijson/", "<pugixml",    "<xxhash",    "<gtest/",
                                                        "<gmock/",    "<rapidcheck", "<benchmark/"};
    return name.starts_with("<elfutils/") ||
           std::ranges::any_of(prefixes, [name](std::string_view prefix) { return name.starts_with(prefix); });
}

// Headers of the system, like <unistd.h>, go with std or with third parties.
bool is_system(std::string_view name)
{
    return name.find_first_of("./") != std::string_view::npos;
}

// x.cpp, x_test.cpp and x_bench.cpp may put x.hpp of any folder first.
bool is_own(const source &file, std::string_view name)
{
    std::string header = stem(std::string(name));
    std::string unit = stem(file.path);
    for (std::string_view suffix : {"_property_test", "_test", "_bench"}) {
        if (unit.ends_with(suffix))
            unit.resize(unit.size() - suffix.size());
    }
    return header == unit && file.path.ends_with(".cpp");
}

bool is_from_root(std::string_view name)
{
    constexpr std::array<std::string_view, 5> roots{"\"sim/", "\"core/", "\"scenarios/", "\"checker/", "\"generated/"};
    return std::ranges::any_of(roots, [name](std::string_view root) { return name.starts_with(root); });
}
} // namespace

void check_includes(const source &file, complaints &found)
{
    group last = group::own;
    bool first = true;
    for (size_t i = 0; i < file.code.size(); i++) {
        std::string_view name = included_name(file.code[i]);
        if (name.empty())
            continue;
        group now = is_system(name) ? std::max(last, group::standard) : group::standard;
        if (name.front() == '"') {
            now = first && is_own(file, name) ? group::own : group::project;
            if (!is_from_root(name))
                complain(found, file, i + 1, "an include of ours is a path from the root");
        } else if (is_third_party(name)) {
            now = group::third_party;
        }
        if (now < last || (last == group::project && name.front() == '<'))
            complain(found, file, i + 1, "includes come in order: own header, std, third party, project");
        last = now;
        first = false;
    }
}
} // namespace interfuse::tidy
