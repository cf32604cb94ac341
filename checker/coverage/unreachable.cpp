// Comparing what was not reached with the reasons given.
#include "checker/coverage/unreachable.hpp"

#include <charconv>

#include <fmt/format.h>

#include "checker/coverage/reasons.hpp"

namespace interfuse {

namespace {

using source_texts = std::map<std::string, std::vector<std::string>>;

std::string text_at(const source_texts &sources, const std::string &file, unsigned line)
{
    auto found = sources.find(file);
    bool is_there = found != sources.end() && line >= 1 && line <= found->second.size();
    return is_there ? trimmed(found->second[line - 1]) : "";
}

// A linker's name holds the function's with its length before it.
bool is_in(const gcov_line &line, const std::string &function)
{
    return line.function.find(fmt::format("{}{}", function.size(), function)) != std::string::npos;
}

bool applies(const unreachable &excuse, const gcov_line &line, const source_texts &sources)
{
    return line.file == excuse.file && is_in(line, excuse.function) &&
           text_at(sources, line.file, line.line) == excuse.source;
}

// The reason for a line (-1) or a branch; that for a line goes for its branches too.
std::string reason_for(const gcov_line &line, int branch, const source_texts &sources,
                       const std::vector<unreachable> &excuses)
{
    for (const unreachable &excuse : excuses)
        if ((excuse.branch == branch || excuse.branch == -1) && applies(excuse, line, sources))
            return excuse.reason;
    return "";
}

std::string complaint_about(const unreachable &excuse, const std::vector<gcov_line> &lines,
                            const source_texts &sources)
{
    std::string what = fmt::format("core/unreachable.txt: \"{}\" of {} in {}", excuse.source, excuse.function,
                                   excuse.file);
    std::string complaint = what + " is no longer there";
    for (const gcov_line &line : lines) {
        if (!applies(excuse, line, sources))
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

unreachable_list parse_unreachable(const std::string &text, const std::string &core)
{
    unreachable_list list;
    for (const reason_row &row : read_reason_rows(text)) {
        const std::vector<std::string> &parts = row.columns;
        unreachable entry;
        bool sound = !row.section.empty() && parts.size() == 4 && !parts[3].empty();
        if (sound && parts[2] != "line") {
            const char *first = parts[2].data();
            const char *end = first + parts[2].size();
            auto [rest, error] = std::from_chars(first, end, entry.branch);
            sound = error == std::errc{} && rest == end && entry.branch >= 0;
        }
        if (!sound) {
            list.error = fmt::format("core/unreachable.txt, line {}: function | source | line or branch number | "
                                     "reason was expected, in a section that names a file",
                                     row.line);
            return list;
        }
        entry.file = row.section[0];
        entry.function = parts[0];
        entry.source = parts[1];
        entry.reason = parts[3];
        if (section_concerns(row.section, core))
            list.entries.push_back(entry);
    }
    return list;
}

gaps find_gaps(const std::vector<gcov_line> &lines, const source_texts &sources,
               const std::vector<unreachable> &excuses)
{
    gaps found;
    auto note = [&](const gcov_line &line, int branch) {
        found.open.push_back({line.file, line.line, branch, text_at(sources, line.file, line.line),
                              reason_for(line, branch, sources, excuses)});
    };
    for (const gcov_line &line : lines) {
        if (line.count == 0) {
            note(line, -1);
            continue;
        }
        for (int b = 0; b < static_cast<int>(line.branches.size()); ++b)
            if (line.branches[static_cast<std::size_t>(b)] == 0)
                note(line, b);
    }
    for (const unreachable &excuse : excuses)
        if (std::string complaint = complaint_about(excuse, lines, sources); !complaint.empty())
            found.complaints.push_back(complaint);
    return found;
}

} // namespace interfuse
