// What there is, for programs.
#include "checker/report_list.hpp"

#include <nlohmann/json.hpp>

#include "checker/invariants/invariant.hpp"
#include "checker/needed.hpp"
#include "checker/strategies/strategy.hpp"
#include "checker/trials/declarations.hpp"
#include "checker/watchers.hpp"
#include "scenarios/scenario.hpp"

namespace interfuse {

namespace {

using nlohmann::ordered_json;

ordered_json scenarios_json()
{
    ordered_json list = ordered_json::array();
    for (const scenario &which : all_scenarios()) {
        ordered_json parameters = ordered_json::array();
        for (const parameter &p : which.parameters)
            parameters.push_back({{"name", p.name},
                                  {"preset", p.preset},
                                  {"least", p.least},
                                  {"most", p.most},
                                  {"allowed", allowed_values(p)},
                                  {"names", p.names},
                                  {"needs", p.needs},
                                  {"meaning", p.meaning}});
        ordered_json goals = ordered_json::array();
        for (const goal &each : which.goals)
            goals.push_back(each.name);
        list.push_back({{"name", which.name},
                        {"question", which.question},
                        {"expected", which.expected},
                        {"may_stall", which.may_stall != nullptr ? ordered_json(which.may_stall) : ordered_json()},
                        {"goals", goals},
                        {"parameters", parameters}});
    }
    return list;
}

ordered_json cores_json(const core_list &cores)
{
    ordered_json list = ordered_json::array();
    for (const core_description &core : cores.cores)
        list.push_back({{"name", core.name},
                        {"kind", core.kind},
                        {"patch", core.patch},
                        {"summary", core.summary},
                        {"shown_in", core.shown_in},
                        {"searched_in", core.searched_in},
                        {"found_by", core.found_by},
                        {"tree", core.tree},
                        {"sources", core.sources},
                        {"built", core.built}});
    return list;
}

ordered_json invariants_json()
{
    ordered_json list = ordered_json::array();
    for (const invariant &each : all_invariants())
        list.push_back({{"name", each.name},
                        {"verifies", each.verifies},
                        {"holds_when", each.holds_when},
                        {"leaves_out", each.leaves_out},
                        {"alone_finds", needed_for(each.name)}});
    return list;
}

ordered_json kernel_rules_json()
{
    ordered_json list = ordered_json::array();
    for (const kernel_rule &rule : all_kernel_rules())
        list.push_back({{"name", rule.name},
                        {"verifies", rule.verifies},
                        {"leaves_out", rule.leaves_out},
                        {"watch", rule.watcher},
                        {"alone_finds", needed_for(rule.name)}});
    return list;
}

ordered_json strategies_json()
{
    ordered_json list = ordered_json::array();
    for (const named_strategy &strategy : all_strategies())
        list.push_back({{"name", strategy.name}, {"summary", strategy.summary}});
    return list;
}

ordered_json watchers_json()
{
    ordered_json list = ordered_json::array();
    for (const watcher &each : all_watchers())
        list.push_back({{"name", each.name},
                        {"summary", each.summary},
                        {"reports", each.rules},
                        {"alone_finds", needed_for_any(each.rules)}});
    return list;
}

ordered_json lockless_json()
{
    ordered_json list = ordered_json::array();
    for (const declaration &each : declarations())
        list.push_back({{"field", each.field}, {"shown_in", each.arguments()}});
    return list;
}

} // namespace

std::string list_json(const listing &wanted)
{
    ordered_json all = ordered_json::object();
    if (wanted.scenarios)
        all["scenarios"] = scenarios_json();
    if (wanted.cores)
        all["cores"] = cores_json(wanted.core_list_read);
    if (wanted.invariants) {
        all["invariants"] = invariants_json();
        all["kernel_rules"] = kernel_rules_json();
    }
    if (wanted.strategies)
        all["strategies"] = strategies_json();
    if (wanted.watchers)
        all["watchers"] = watchers_json();
    if (wanted.lockless)
        all["lockless"] = lockless_json();
    return all.dump(2) + "\n";
}

} // namespace interfuse
