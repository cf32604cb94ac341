// The result of hunting mutants.
#include "checker/report_mutants.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include "checker/report.hpp"

namespace interfuse {

namespace {

using nlohmann::ordered_json;

std::string scenario_of(const hunted &mutant)
{
    if (!mutant.arguments.empty())
        return mutant.arguments;
    return mutant.found ? mutant.found->scenario : "all scenarios";
}

std::string outcome_of(const hunted &mutant, const char *unit)
{
    if (!mutant.error.empty())
        return mutant.error;
    if (!mutant.found)
        return mutant.is_tried() ? fmt::format("not found in {}", counted(mutant.runs, unit)) : "not tried";
    std::string by = mutant.found->invariant;
    if (!mutant.expected)
        by += fmt::format(" (expected: {})", mutant.what.found_by);
    std::string when = mutant.runs > 0 ? "after " + counted(mutant.runs, unit) : "in its setup";
    if (mutant.scout > 0)
        when = fmt::format("on random walk {} before the search", grouped(mutant.scout));
    return fmt::format("{} {}, {:.2f} s", by, when, mutant.seconds);
}

std::size_t count_met(std::span<const hunted> mutants)
{
    return static_cast<std::size_t>(std::ranges::count_if(mutants, &hunted::is_met));
}

std::vector<std::string> missing(std::span<const hunted> mutants)
{
    std::vector<std::string> names;
    for (const hunted &each : mutants)
        if (each.is_tried() && !each.is_met())
            names.push_back(each.what.name);
    return names;
}

ordered_json json_of(const hunted &mutant)
{
    ordered_json json = {{"name", mutant.what.name},
                         {"found", mutant.found.has_value()},
                         {"expected", mutant.expected},
                         {"shown_in", mutant.arguments},
                         {"found_by", checkers_in(mutant.what.found_by)},
                         {"runs", mutant.runs},
                         {"scout", mutant.scout},
                         {"seconds", mutant.seconds},
                         {"error", mutant.error}};
    if (mutant.found) {
        json["scenario"] = mutant.found->scenario;
        json["checker"] = mutant.found->invariant;
        json["message"] = mutant.found->message;
        json["trace"] = mutant.found->trace;
        json["trace_steps"] = mutant.steps;
    }
    return json;
}

} // namespace

std::string mutants_text(std::span<const hunted> mutants, const hunt_options &options)
{
    std::size_t name_width = 0, scenario_width = 0;
    for (const hunted &each : mutants) {
        name_width = std::max(name_width, each.what.name.size());
        scenario_width = std::max(scenario_width, scenario_of(each).size());
    }
    std::string text;
    for (const hunted &each : mutants) {
        text += fmt::format("{:<{}}  {:<{}}  {}\n", each.what.name, name_width, scenario_of(each), scenario_width,
                            outcome_of(each, options.verify ? "state" : "run"));
        if (each.found && !each.found->trace.empty())
            text += fmt::format("{:<{}}  {}, {}\n", "", name_width, each.found->trace, counted(each.steps, "step"));
    }
    text += fmt::format("{} of {} found\n", count_met(mutants), counted(mutants.size(), "mutant"));
    if (std::vector<std::string> names = missing(mutants); !names.empty())
        text += fmt::format("missing: {}\n", fmt::join(names, ", "));
    return text;
}

std::string mutants_json(std::span<const hunted> mutants, const hunt_options &options)
{
    ordered_json list = ordered_json::array();
    for (const hunted &each : mutants)
        list.push_back(json_of(each));
    ordered_json report = {{"schema", "interfuse-mutants"},
                           {"version", 1},
                           {"seed", std::to_string(options.seed)},
                           {"seeds", options.seeds},
                           {"method", options.verify ? "states" : "runs"},
                           {"mutants_found", count_met(mutants)},
                           {"missing", missing(mutants)},
                           {"mutants", list}};
    return report.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace interfuse
