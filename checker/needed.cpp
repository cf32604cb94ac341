// Looking a check up in checker/needed.txt, which `interfuse selfcheck --format data` writes and a test compares with it.
#include "checker/needed.hpp"

#include <fmt/format.h>

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

} // namespace interfuse
