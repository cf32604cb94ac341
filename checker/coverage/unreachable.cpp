// Comparing what was not reached with the reasons given.
#include "checker/coverage/unreachable.hpp"

#include <charconv>
#include <sstream>

#include <fmt/format.h>

namespace interfuse {

namespace {

std::string trimmed(const std::string &text)
{
    std::size_t first = text.find_first_not_of(" \t");
    return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string text_at(const std::vector<std::string> &source, unsigned line)
{
    return line >= 1 && line <= source.size() ? trimmed(source[line - 1]) : "";
}

// A linker's name holds the function's with its length before it.
bool is_in(const gcov_line &line, const std::string &function)
{
    return line.function.find(fmt::format("{}{}", function.size(), function)) != std::string::npos;
}

bool applies(const unreachable &excuse, const gcov_line &line, const std::vector<std::string> &source)
{
    return is_in(line, excuse.function) && text_at(source, line.line) == excuse.source;
}

// The reason for a line (-1) or a branch; that for a line goes for its branches too.
std::string reason_for(const gcov_line &line, int branch, const std::vector<std::string> &source,
                       const std::vector<unreachable> &excuses)
{
    for (const unreachable &excuse : excuses)
        if ((excuse.branch == branch || excuse.branch == -1) && applies(excuse, line, source))
            return excuse.reason;
    return "";
}

std::string complaint_about(const unreachable &excuse, const std::vector<gcov_line> &lines,
                            const std::vector<std::string> &source)
{
    std::string what = fmt::format("core/unreachable.txt: \"{}\" of {}", excuse.source, excuse.function);
    std::string complaint = what + " is no longer there";
    for (const gcov_line &line : lines) {
        if (!applies(excuse, line, source))
            continue;
        if (excuse.branch >= static_cast<int>(line.branches.size()))
            complaint = what + fmt::format(" has no branch {}", excuse.branch);
        else if (excuse.branch == -1 ? line.count > 0 : line.branches[static_cast<std::size_t>(excuse.branch)] > 0)
            complaint = what + " is reached after all";
        else
            return "";
    }
    return complaint;
}

} // namespace

unreachable_list parse_unreachable(const std::string &text)
{
    unreachable_list list;
    std::istringstream lines(text);
    unsigned number = 0;
    for (std::string line; std::getline(lines, line);) {
        ++number;
        if (trimmed(line).empty() || line.starts_with('#'))
            continue;
        std::vector<std::string> parts;
        // The source may hold a bar of its own, so that bars with blanks around them part the columns.
        for (std::size_t at = 0, bar = 0; bar != std::string::npos; at = bar + 3) {
            bar = line.find(" | ", at);
            parts.push_back(trimmed(line.substr(at, bar == std::string::npos ? bar : bar - at)));
        }
        unreachable entry;
        bool sound = parts.size() == 4 && !parts[3].empty();
        if (sound && parts[2] != "line") {
            const char *first = parts[2].data();
            const char *end = first + parts[2].size();
            auto [rest, error] = std::from_chars(first, end, entry.branch);
            sound = error == std::errc{} && rest == end && entry.branch >= 0;
        }
        if (!sound) {
            list.error =
                fmt::format("core/unreachable.txt, line {}: function | source | line or branch number | reason "
                            "was expected",
                            number);
            return list;
        }
        entry.function = parts[0];
        entry.source = parts[1];
        entry.reason = parts[3];
        list.entries.push_back(entry);
    }
    return list;
}

gaps find_gaps(const std::vector<gcov_line> &lines, const std::vector<std::string> &source,
               const std::vector<unreachable> &excuses)
{
    gaps found;
    for (const gcov_line &line : lines) {
        if (line.count == 0) {
            found.open.push_back({line.line, -1, text_at(source, line.line), reason_for(line, -1, source, excuses)});
            continue;
        }
        for (int b = 0; b < static_cast<int>(line.branches.size()); ++b)
            if (line.branches[static_cast<std::size_t>(b)] == 0)
                found.open.push_back({line.line, b, text_at(source, line.line), reason_for(line, b, source, excuses)});
    }
    for (const unreachable &excuse : excuses)
        if (std::string complaint = complaint_about(excuse, lines, source); !complaint.empty())
            found.complaints.push_back(complaint);
    return found;
}

} // namespace interfuse
