// Looking a check up in checker/needed.txt, which `interfuse selfcheck --format data` writes and a test compares with it.
#include "checker/needed.hpp"

#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/trials/hunt.hpp"
#include "generated/needed_text.hpp"

namespace interfuse {

std::string needed_for(std::string_view entry)
{
    static const std::string lines = fmt::format("\n{}", needed_text);
    std::string opening = fmt::format("\n{}: ", entry);
    std::size_t at = lines.find(opening);
    if (at == std::string::npos)
        return "";
    at += opening.size();
    return lines.substr(at, lines.find('\n', at) - at);
}

std::string needed_for_any(const std::string &rules)
{
    std::vector<std::string> cores;
    for (const std::string &rule : checkers_in(rules))
        if (std::string names = needed_for(rule); !names.empty())
            cores.push_back(names);
    return fmt::format("{}", fmt::join(cores, ", "));
}

} // namespace interfuse
