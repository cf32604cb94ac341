// Reading the tables.
#include "checker/coverage/reasons.hpp"

#include <algorithm>
#include <sstream>

namespace interfuse {

std::string trimmed(const std::string &text)
{
    std::size_t first = text.find_first_not_of(" \t");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

static std::vector<std::string> split(const std::string &text, const std::string &between)
{
    std::vector<std::string> parts;
    for (std::size_t at = 0, end = 0; end != std::string::npos; at = end + between.size()) {
        end = text.find(between, at);
        parts.push_back(trimmed(text.substr(at, end == std::string::npos ? end : end - at)));
    }
    return parts;
}

std::vector<reason_row> read_reason_rows(const std::string &text)
{
    std::vector<reason_row> rows;
    std::vector<std::string> section;
    std::istringstream lines(text);
    unsigned number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        std::string all = trimmed(line);
        if (all.empty() || all.starts_with('#'))
            continue;
        if (all.starts_with('[') && all.ends_with(']'))
            section = split(all.substr(1, all.size() - 2), ",");
        else
            // The source may hold a bar of its own, so that bars with blanks around them part the columns.
            rows.push_back({section, split(line, " | "), number});
    }
    return rows;
}

bool section_concerns(const std::vector<std::string> &section, const std::string &core)
{
    auto names = [&](const char *name) { return std::ranges::find(section, name) != section.end(); };
    bool faithful = core == "linux-2.6.17";
    if (names("linux-2.6.17"))
        return faithful;
    return !names("repaired") || !faithful;
}

} // namespace interfuse
