// Reading reports.
#include "checker/trace/read_report.hpp"

#include <algorithm>

#include "checker/trace/input.hpp"

namespace interfuse {

namespace {

constexpr input_limits report_limits = {.bytes = 64 << 20, .depth = 8, .values = 4'000'000};
constexpr std::size_t entries_max = 10'000;
constexpr std::size_t text_max = 4000;
constexpr std::int64_t runs_max = std::int64_t{1} << 53;

reported_finding read_finding(const field &from)
{
    reported_finding found;
    found.scenario = from.at("scenario").text(text_max);
    found.invariant = from.at("invariant").text(text_max);
    found.message = from.at("message").text(text_max);
    found.trace = from.at("trace").text(text_max);
    found.first_run = from.at("first_run").decimal();
    return found;
}

template <typename Read> std::string read_file(const std::string &path, Read read)
{
    try {
        nlohmann::json document = parse_bounded(read_bounded(path, report_limits.bytes), path, report_limits);
        field report(document, path);
        read(report);
    } catch (const rejected_input &rejected) {
        return rejected.sentence;
    }
    return "";
}

std::uint64_t count_at(const field &from, const char *key)
{
    return static_cast<std::uint64_t>(from.at(key).integer(0, runs_max));
}

} // namespace

report_summary read_report(const std::string &path)
{
    report_summary summary;
    summary.error = read_file(path, [&](const field &report) {
        field findings = report.at("findings");
        for (std::size_t i = 0, count = findings.size(0, entries_max); i < count; ++i)
            summary.findings.push_back(read_finding(findings.element(i)));
        summary.runs = count_at(report, "runs");
        summary.digest = report.at("digest").text(text_max);
    });
    return summary;
}

search_summary read_search_report(const std::string &path)
{
    search_summary summary;
    summary.error = read_file(path, [&](const field &report) {
        field findings = report.at("findings"), scenarios = report.at("scenarios");
        for (std::size_t i = 0, count = findings.size(0, entries_max); i < count; ++i) {
            summary.findings.push_back(read_finding(findings.element(i)));
            summary.fingerprints.insert(findings.element(i).at("fingerprint").text(text_max));
        }
        summary.complete = report.at("complete").boolean();
        summary.states = count_at(report, "states");
        for (std::size_t i = 0, count = scenarios.size(0, entries_max); i < count; ++i) {
            field each = scenarios.element(i);
            summary.ends += count_at(each, "ends");
            summary.behaved_alike += count_at(each, "behaved_alike");
            summary.commuted += count_at(each, "commuted");
            summary.walks += count_at(each, "walks");
            summary.scout = std::max(summary.scout, count_at(each, "scout"));
        }
    });
    return summary;
}

} // namespace interfuse
