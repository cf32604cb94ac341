// The result of the self-check.
#include "checker/report_selfcheck.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "checker/report.hpp"

namespace interfuse {

namespace {

using nlohmann::ordered_json;

std::string outcome_of(const escape &core)
{
    if (!core.error.empty())
        return core.error;
    if (core.check.empty())
        return "is not found";
    if (core.escapes())
        return fmt::format("{:<32} without it escapes in {}", core.check, counted(core.runs_without, "run"));
    return fmt::format("{:<32} without it {}", core.check, core.instead);
}

std::string table_of_cores(const selfcheck_result &result)
{
    std::size_t width = 0;
    for (const escape &each : result.cores)
        width = std::max(width, each.what.name.size());
    std::string text = "found by, with all checks and without that one:\n";
    for (const escape &each : result.cores)
        text += fmt::format("  {:<{}}  {}\n", each.what.name, width, outcome_of(each));
    return text;
}

std::string table_of_checks(const selfcheck_result &result)
{
    std::size_t width = 0;
    for (const std::string &check : result.checks)
        width = std::max(width, check.size());
    std::string text = "needed for, since nothing else finds it:\n";
    for (const std::string &check : result.checks) {
        std::vector<std::string> cores = result.needed_for(check);
        text += fmt::format("  {:<{}}  {}\n", check, width,
                            cores.empty() ? "nothing" : fmt::format("{}", fmt::join(cores, ", ")));
    }
    return text;
}

std::string table_of_declarations(const selfcheck_result &result)
{
    std::size_t width = 0;
    for (const undeclared &each : result.declarations)
        width = std::max(width, each.what.field.size());
    std::string text = "lockless fields, whose accesses race once they are not declared so:\n";
    for (const undeclared &each : result.declarations)
        text += fmt::format("  {:<{}}  {}\n", each.what.field, width,
                            each.runs == 0 ? "in no run"
                                           : fmt::format("in run {} of {}", each.runs - 1, each.what.arguments()));
    return text;
}

std::string name_of(const searched_subject &what)
{
    return fmt::format("{} {}{}{}", what.core, what.scenario, what.set.empty() ? "" : " ", what.set);
}

std::string table_of_searches(const selfcheck_result &result)
{
    if (result.searches.empty())
        return "no states were searched\n";
    std::string text =
        "searches of all states, without reduction, by sleep sets, with local steps taken at once, by persistent sets, "
        "with those that are alike in order, and with fine points; how often\n"
        "states that count as one behaved alike, steps that count as independent commuted, and a random walk stayed inside:\n";
    for (const search_check &each : result.searches) {
        const search_summary *ways[] = {&each.without, &each.sleep, &each.local, &each.persistent, &each.in_order, &each.fine};
        std::uint64_t alike = 0, commuted = 0;
        for (const search_summary *way : ways) {
            alike += way->behaved_alike;
            commuted += way->commuted;
        }
        std::vector<std::string> differences = each.differences();
        std::string verdict = differences.empty() ? "the same" : fmt::format("{}", fmt::join(differences, "; "));
        text += fmt::format("  {:<31} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} states, {:>2} ends, {} findings: {}; {}, {}, {}\n",
                            name_of(each.what), each.without.states, each.sleep.states, each.local.states, each.persistent.states,
                            each.in_order.states, each.fine.states, each.without.ends, each.without.fingerprints.size(),
                            each.error.empty() ? verdict : each.error, grouped(alike), grouped(commuted),
                            grouped(each.local.walks));
    }
    return text;
}

ordered_json json_of(const search_check &check)
{
    return {{"core", check.what.core},
            {"scenario", check.what.scenario},
            {"set", check.what.set},
            {"states", check.without.states},
            {"states_with_sleep_sets", check.sleep.states},
            {"states_with_local_steps", check.local.states},
            {"states_with_persistent_sets", check.persistent.states},
            {"states_with_alike_in_order", check.in_order.states},
            {"states_with_fine_points", check.fine.states},
            {"ends", check.without.ends},
            {"findings", check.without.fingerprints},
            {"commuted", check.sleep.commuted},
            {"walks", check.local.walks},
            {"differences", check.differences()},
            {"error", check.error}};
}

} // namespace

std::string selfcheck_text(const selfcheck_result &result)
{
    std::string text = table_of_cores(result) + "\n" + table_of_checks(result) + "\n" + table_of_declarations(result) +
                       "\n" + table_of_searches(result) + "\n";
    std::size_t all = result.checks.size();
    text += fmt::format("{} of {} checks are needed\n", all - result.not_needed().size(), all);
    text += fmt::format("{} of {} declarations are needed\n",
                        result.declarations.size() - result.needless_declarations().size(), result.declarations.size());
    if (result.indeterminate.empty())
        text += "the same seed gives the same runs in another process\n";
    else
        text += fmt::format("the same seed gives other runs in another process: {}\n",
                            fmt::join(result.indeterminate, ", "));
    return text;
}

std::string selfcheck_json(const selfcheck_result &result)
{
    ordered_json cores = ordered_json::array(), checks = ordered_json::array(), fields = ordered_json::array(),
                 searches = ordered_json::array();
    for (const escape &each : result.cores)
        cores.push_back({{"name", each.what.name},
                         {"shown_in", each.what.shown_in},
                         {"found_by", each.check},
                         {"runs", each.runs},
                         {"escapes", each.escapes()},
                         {"instead", each.instead},
                         {"runs_without", each.runs_without},
                         {"error", each.error}});
    for (const std::string &check : result.checks)
        checks.push_back({{"name", check}, {"needed_for", result.needed_for(check)}});
    for (const undeclared &each : result.declarations)
        fields.push_back({{"field", each.what.field},
                          {"shown_in", each.what.arguments()},
                          {"runs", each.runs},
                          {"race", each.race}});
    for (const search_check &each : result.searches)
        searches.push_back(json_of(each));
    ordered_json report = {{"schema", "interfuse-selfcheck"},
                           {"version", 1},
                           {"not_needed", result.not_needed()},
                           {"indeterminate", result.indeterminate},
                           {"checks", checks},
                           {"cores", cores},
                           {"lockless", fields},
                           {"searches", searches}};
    return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

std::string selfcheck_data(const selfcheck_result &result)
{
    std::string text;
    for (const std::string &check : result.checks)
        text += fmt::format("{}: {}\n", check, fmt::join(result.needed_for(check), ", "));
    return text;
}

} // namespace interfuse
