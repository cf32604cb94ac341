// Reading what gcov --json-format --branch-probabilities --stdout prints.
#include "checker/trace/gcov_report.hpp"

#include <sstream>

#include "checker/trace/input.hpp"

namespace interfuse {

namespace {

constexpr input_limits report_limits = {.bytes = 1 << 26, .depth = 8, .values = 4'000'000};
constexpr std::size_t files_max = 10'000;
constexpr std::size_t lines_max = 1'000'000;
constexpr std::size_t branches_max = 100'000;
constexpr std::size_t name_max = 4000;
constexpr std::int64_t count_max = std::int64_t{1} << 62;

void read_file(const field &from, const std::string &below, std::vector<gcov_line> &into)
{
    std::string file = from.at("file").text(name_max);
    if (!file.starts_with(below))
        return;
    field lines = from.at("lines");
    for (std::size_t i = 0, size = lines.size(0, lines_max); i < size; ++i) {
        field line = lines.element(i);
        gcov_line read;
        read.file = file;
        if (line.has("function_name"))
            read.function = line.at("function_name").text(name_max);
        read.line = static_cast<unsigned>(line.at("line_number").integer(0, 10'000'000));
        read.count = static_cast<std::uint64_t>(line.at("count").integer(0, count_max));
        field branches = line.at("branches");
        for (std::size_t b = 0, many = branches.size(0, branches_max); b < many; ++b) {
            field branch = branches.element(b);
            if (!branch.at("throw").boolean())
                read.branches.push_back(static_cast<std::uint64_t>(branch.at("count").integer(0, count_max)));
        }
        into.push_back(std::move(read));
    }
}

} // namespace

gcov_report read_gcov(const std::string &text, const std::string &below)
{
    gcov_report report;
    std::istringstream documents(text);
    const std::string name = "what gcov printed";
    try {
        for (std::string line; std::getline(documents, line);) {
            nlohmann::json document = parse_bounded(line, name, report_limits);
            field top(document, name);
            field files = top.at("files");
            for (std::size_t i = 0, size = files.size(0, files_max); i < size; ++i)
                read_file(files.element(i), below, report.lines);
        }
    } catch (const rejected_input &rejected) {
        report.error = rejected.sentence;
    }
    return report;
}

} // namespace interfuse
