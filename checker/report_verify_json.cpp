// The report of a search over states as JSON.
#include "checker/report_parts_json.hpp"
#include "checker/report_verify.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

using nlohmann::ordered_json;

ordered_json json_of(const scenario_search &search)
{
    const search_counts &counts = search.result.counts;
    return {{"name", search.of.which->name},
            {"parameters", json_of(search.of)},
            {"complete", search.complete()},
            {"bound", search.result.bound},
            {"states", counts.states},
            {"passed", counts.passed},
            {"in_order", counts.in_order},
            {"transitions", counts.transitions},
            {"revisits", counts.revisits},
            {"ends", counts.ends},
            {"stalled", counts.stalled},
            {"depth", counts.depth},
            {"visited_bytes", counts.visited_bytes},
            {"path_bytes", counts.path_bytes},
            {"passes", counts.passes},
            {"states_of_all_passes", counts.states_of_all_passes},
            {"skims", counts.skims},
            {"race_steps", counts.race_steps},
            {"components", counts.components ? ordered_json(*counts.components) : ordered_json()},
            {"unconfirmed", search.unconfirmed},
            {"differ_on_stacks", counts.checks.differ_on_stacks},
            {"behaved_alike", counts.checks.behaved_alike},
            {"commuted", counts.checks.commuted},
            {"walks", counts.walks},
            {"scout", counts.scout},
            {"seconds", seconds_of(search.result.took)}};
}

} // namespace

std::string verify_json(const verify_options &options, const verification &result)
{
    ordered_json scenarios = ordered_json::array();
    ordered_json findings = ordered_json::array();
    for (const scenario_search &search : result.searches) {
        scenarios.push_back(json_of(search));
        for (const finding &found : search.findings)
            findings.push_back(json_of(found));
    }
    ordered_json not_begun = ordered_json::array();
    for (std::size_t i = result.searches.size(); i < options.scenarios.size(); ++i)
        not_begun.push_back(options.scenarios[i].title());
    search_counts sums = result.sums();
    ordered_json report = {{"schema", "interfuse-report"},
                           {"version", 1},
                           {"tool", tool_json()},
                           {"verdict", verdict_of(result)},
                           {"core", options.core},
                           {"method", "states"},
                           {"points", name_of(options.points)},
                           {"checks", name_of(options.checks)},
                           {"watch", text_of_watch(options.watch)},
                           {"hash_bits", options.wide ? 128 : 64},
                           {"states", sums.states},
                           {"transitions", sums.transitions},
                           {"classes", nullptr},
                           {"complete", result.complete()},
                           {"missed_state_probability", collision_probability(sums.states, options.wide)},
                           {"seconds", seconds_of(result.took)},
                           {"interrupted_by", result.interrupted},
                           {"scenarios", scenarios},
                           {"not_begun", not_begun},
                           {"findings", findings}};
    return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace interfuse
