// The report of coverage for programs; traces/coverage.schema.json describes it.
#include <nlohmann/json.hpp>

#include <fmt/format.h>

#include "checker/coverage/transition_rows.hpp"
#include "checker/report_coverage.hpp"

namespace interfuse {

namespace {

using json = nlohmann::ordered_json;

json json_of(const reach &of)
{
    return {{"lines", of.lines.all},
            {"lines_reached", of.lines.reached},
            {"branches", of.branches.all},
            {"branches_reached", of.branches.reached}};
}

json files_of(const line_counts &counts)
{
    json files = json::object();
    for (const std::string &file : counts.files())
        files[file] = json_of(counts.of(file));
    return files;
}

json strikes_of(const tally &sums)
{
    json strikes = json::array();
    for (unsigned number = 0; number < strike_numbers; ++number) {
        if (sums.runs_struck[number] == 0)
            continue;
        strike each = strike_of(number);
        strikes.push_back({{"operation", name_of_opcode(each.opcode)},
                           {"disturbance", name_of(each.by)},
                           {"stage", name_of(each.at)},
                           {"runs", sums.runs_struck[number]}});
    }
    return strikes;
}

json transitions_of(std::uint32_t reached)
{
    json rows = json::array();
    for (std::size_t i = 0; i < transition_rows().size(); ++i) {
        const transition_row &row = transition_rows()[i];
        rows.push_back(
            {{"from", row.from}, {"to", row.to}, {"where", row.where}, {"reached", (reached >> i & 1) != 0}});
    }
    return rows;
}

json gaps_of(const gaps &of_core)
{
    json open = json::array();
    for (const gap &each : of_core.open)
        open.push_back({{"file", each.file},
                        {"line", each.line},
                        {"branch", each.branch < 0 ? json(nullptr) : json(each.branch)},
                        {"source", each.source},
                        {"reason", each.reason.empty() ? json(nullptr) : json(each.reason)}});
    return open;
}

json unstruck_of(const strike_gaps &of_strikes)
{
    json open = json::array();
    for (const strike &each : of_strikes.open)
        open.push_back({{"operation", name_of_opcode(each.opcode)},
                        {"disturbance", name_of(each.by)},
                        {"stage", name_of(each.at)}});
    return open;
}

} // namespace

std::string coverage_json(const coverage_report &report)
{
    json scenarios = json::array();
    for (const scenario_reach &each : report.measured.scenarios)
        scenarios.push_back({{"name", each.of->name},
                             {"runs", each.sums.runs},
                             {"files", files_of(each.counts)},
                             {"transitions", transitions_of(each.rows)},
                             {"strikes", strikes_of(each.sums)}});
    std::vector<std::string> complaints = report.of_core.complaints;
    complaints.insert(complaints.end(), report.of_strikes.complaints.begin(), report.of_strikes.complaints.end());
    json document = {{"schema", "interfuse-coverage"},
                     {"version", 1},
                     {"core", report.core},
                     {"seed", fmt::format("{}", report.seed)},
                     {"runs", report.sums.runs},
                     {"digest", fmt::format("{:016x}", report.sums.digest)},
                     {"complete", report.is_complete()},
                     {"cut", report.measured.cut},
                     {"scenarios", scenarios},
                     {"files", files_of(report.sum)},
                     {"transitions", transitions_of(report.rows)},
                     {"strikes", strikes_of(report.sums)},
                     {"unreached", gaps_of(report.of_core)},
                     {"unstruck", unstruck_of(report.of_strikes)},
                     {"complaints", complaints}};
    return document.dump(2) + "\n";
}

} // namespace interfuse
