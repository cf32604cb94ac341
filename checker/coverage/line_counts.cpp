// Summing counts of lines.
#include "checker/coverage/line_counts.hpp"

#include <algorithm>

namespace interfuse {

void line_counts::add(const gcov_line &line)
{
    auto [at, is_new] = counts.try_emplace({line.file, line.line, line.function}, line);
    if (is_new)
        return;
    gcov_line &known = at->second;
    known.count += line.count;
    known.branches.resize(std::max(known.branches.size(), line.branches.size()));
    for (std::size_t i = 0; i < line.branches.size(); ++i)
        known.branches[i] += line.branches[i];
}

void line_counts::add(const std::vector<gcov_line> &lines)
{
    for (const gcov_line &line : lines)
        add(line);
}

void line_counts::add(const line_counts &others)
{
    for (const auto &[key, line] : others.counts)
        add(line);
}

std::vector<gcov_line> line_counts::lines_of(const std::string &file) const
{
    std::vector<gcov_line> lines;
    for (const auto &[key, line] : counts) {
        if (line.file != file)
            continue;
        if (lines.empty() || lines.back().line != line.line) {
            lines.push_back(line);
            continue;
        }
        lines.back().count += line.count;
        lines.back().branches.insert(lines.back().branches.end(), line.branches.begin(), line.branches.end());
    }
    return lines;
}

reach line_counts::of(const std::string &file) const
{
    reach sum;
    for (const std::string &each : files()) {
        if (!each.starts_with(file))
            continue;
        for (const gcov_line &line : lines_of(each)) {
            ++sum.lines.all;
            sum.lines.reached += line.count > 0;
            sum.branches.all += static_cast<unsigned>(line.branches.size());
            sum.branches.reached += static_cast<unsigned>(
                std::ranges::count_if(line.branches, [](std::uint64_t taken) { return taken > 0; }));
        }
    }
    return sum;
}

std::vector<std::string> line_counts::files() const
{
    std::vector<std::string> names;
    for (const auto &[key, line] : counts)
        if (names.empty() || names.back() != line.file)
            names.push_back(line.file);
    return names;
}

std::vector<gcov_line> line_counts::incomplete(const std::string &file) const
{
    std::vector<gcov_line> lines = lines_of(file);
    std::erase_if(lines, [](const gcov_line &line) {
        return line.count > 0 && std::ranges::all_of(line.branches, [](std::uint64_t taken) { return taken > 0; });
    });
    return lines;
}

} // namespace interfuse
