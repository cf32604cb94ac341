// The report as JSON.
#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "checker/report.hpp"
#include "checker/report_parts_json.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

using nlohmann::ordered_json;

ordered_json strikes_of(const tally &sums)
{
    ordered_json strikes = ordered_json::array();
    for (unsigned number = 0; number < strike_numbers; ++number) {
        if (sums.runs_struck[number] == 0)
            continue;
        strike what = strike_of(number);
        strikes.push_back({{"disturbance", name_of(what.by)},
                           {"stage", name_of(what.at)},
                           {"operation", name_of_opcode(what.opcode)},
                           {"runs", sums.runs_struck[number]}});
    }
    return strikes;
}

ordered_json goals_of(const scenario_sample &sample)
{
    ordered_json goals = ordered_json::array();
    for (std::size_t i = 0; i < sample.of.which->goals.size(); ++i)
        goals.push_back({{"name", sample.of.which->goals[i].name}, {"runs", sample.sums.runs_reaching[i]}});
    return goals;
}

ordered_json coverage_of(const tally &sums)
{
    ordered_json verdicts = ordered_json::object();
    for (unsigned i = 0; i < verdict_kinds; ++i) {
        if (sums.verdicts[i] > 0)
            verdicts[std::string(sim::name_of(static_cast<sim::verdict_kind>(i)))] = sums.verdicts[i];
    }
    ordered_json runs_with = ordered_json::object();
    for (unsigned i = 0; i < sim::event_kinds; ++i) {
        if (sums.runs_with[i] > 0)
            runs_with[std::string(sim::name_of(static_cast<sim::event_kind>(i)))] = sums.runs_with[i];
    }
    return {{"verdicts", verdicts},
            {"distinct_schedules_estimate", sums.schedules.estimate()},
            {"examined_runs", sums.examined},
            {"examined_choices", sums.choices},
            {"examined_runs_with_event", runs_with},
            {"strikes", strikes_of(sums)}};
}

// Goals are judged when the sample is over.
bool stopped_early(const scenario_sample &sample)
{
    bool any =
        std::ranges::any_of(sample.findings, [](const finding &f) { return f.verdict.invariant != missed_goal; });
    return sample.over && any;
}

ordered_json json_of(const scenario_sample &sample)
{
    return {{"name", sample.of.which->name},
            {"parameters", json_of(sample.of)},
            {"runs", sample.sums.runs},
            {"steps", sample.sums.steps},
            {"digest", hex(sample.sums.digest)},
            {"stopped_early", stopped_early(sample)},
            {"seconds", seconds_of(sample.took)},
            {"goals", goals_of(sample)},
            {"coverage", coverage_of(sample.sums)}};
}

} // namespace

std::string report_json(const explore_options &options, const exploration &result)
{
    ordered_json scenarios = ordered_json::array();
    ordered_json findings = ordered_json::array();
    tally sums;
    for (const scenario_sample &sample : result.samples) {
        scenarios.push_back(json_of(sample));
        sums.fold(sample.sums);
        for (const finding &found : sample.findings)
            findings.push_back(json_of(found));
    }
    ordered_json report = {{"schema", "interfuse-report"},
                           {"version", 1},
                           {"tool", tool_json()},
                           {"verdict", verdict_of(result)},
                           {"core", options.core},
                           {"strategy", options.strategy->name},
                           {"points", name_of(options.points)},
                           {"checks", name_of(options.checks)},
                           {"watch", text_of_watch(options.watch)},
                           {"seed", std::to_string(options.seed)},
                           {"shard", {{"index", options.part.index + 1}, {"count", options.part.count}}},
                           {"runs", sums.runs},
                           {"steps", sums.steps},
                           {"states", nullptr},
                           {"transitions", nullptr},
                           {"classes", nullptr},
                           {"complete", false},
                           {"digest", hex(result.digest())},
                           {"seconds", seconds_of(result.took)},
                           {"interrupted_by", result.interrupted},
                           {"coverage", coverage_of(sums)},
                           {"scenarios", scenarios},
                           {"lockless_unneeded", unneeded_lockless_fields(options, result)},
                           {"findings_unlisted", sums.findings_unlisted},
                           {"findings", findings}};
    return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace interfuse
