// Reading reports.
#include "checker/trace/read_report.hpp"

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

} // namespace

report_summary read_report(const std::string &path)
{
    report_summary summary;
    try {
        nlohmann::json document = parse_bounded(read_bounded(path, report_limits.bytes), path, report_limits);
        field report(document, path);
        field findings = report.at("findings");
        for (std::size_t i = 0, count = findings.size(0, entries_max); i < count; ++i)
            summary.findings.push_back(read_finding(findings.element(i)));
        summary.runs = static_cast<std::uint64_t>(report.at("runs").integer(0, runs_max));
        summary.digest = report.at("digest").text(text_max);
    } catch (const rejected_input &rejected) {
        summary.error = rejected.sentence;
    }
    return summary;
}

} // namespace interfuse
