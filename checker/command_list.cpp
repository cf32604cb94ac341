// The verb list.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/command.hpp"
#include "checker/command_core.hpp"
#include "checker/command_line.hpp"
#include "checker/exit_status.hpp"
#include "checker/invariants/invariant.hpp"
#include "checker/needed.hpp"
#include "checker/report_list.hpp"
#include "checker/strategies/strategy.hpp"
#include "checker/trials/declarations.hpp"
#include "checker/watchers.hpp"
#include "scenarios/scenario.hpp"

namespace interfuse {

namespace {

void print_scenarios()
{
    for (const scenario &which : all_scenarios()) {
        fmt::print("{}\n    question: {}\n    expected: {}\n", which.name, which.question, which.expected);
        if (which.may_stall != nullptr)
            fmt::print("    may stall: {}\n", which.may_stall);
        for (const parameter &p : which.parameters)
            fmt::print("    {:<12} {} ({}): {}\n", p.name, text_of(p, p.preset), allowed_values(p), p.meaning);
        for (const goal &each : which.goals)
            fmt::print("    reaches: {}\n", each.name);
    }
}

void print_cores(const core_list &list)
{
    for (const core_description &core : list.cores)
        fmt::print("{} ({}{}{})\n    {}\n    {}\n", core.name, core.kind, core.name == core_name ? ", this one" : "",
                   core.built ? "" : ", not built", core.summary, core.tree);
}

void print_rule(const kernel_rule &rule)
{
    fmt::print("{}\n    rule of the kernel: {}\n", rule.name, rule.verifies);
    if (*rule.watcher == '\0')
        fmt::print("    alone finds: {}\n", needed_for(rule.name));
    else
        fmt::print("    holds: with --watch {}\n    leaves out: {}\n    alone finds: {}\n", rule.watcher,
                   rule.leaves_out, needed_for(rule.name));
}

void print_invariants()
{
    for (const invariant &each : all_invariants())
        fmt::print("{}\n    verifies: {}\n    holds: {}\n    leaves out: {}\n    alone finds: {}\n", each.name,
                   each.verifies, each.holds_when, each.leaves_out, needed_for(each.name));
    for (const kernel_rule &rule : all_kernel_rules())
        print_rule(rule);
}

void print_strategies()
{
    for (const named_strategy &strategy : all_strategies())
        fmt::print("{}\n    {}\n", strategy.name, strategy.summary);
}

void print_watchers()
{
    for (const watcher &each : all_watchers())
        fmt::print("{}\n    {}\n    reports: {}\n    alone finds: {}\n", each.name, each.summary, each.rules,
                   needed_for_any(each.rules));
}

void print_lockless()
{
    for (const declaration &each : declarations())
        fmt::print("{}\n    races without its declaration in: {}\n", each.field,
                   each.scenario.empty() ? "no scenario" : each.arguments());
}

// Everything goes under a heading; one thing alone needs none.
void print_text(const listing &wanted)
{
    bool headings = wanted.scenarios && wanted.cores;
    auto heading = [&](const char *text) { fmt::print("{}{}", headings ? text : "", headings ? "\n\n" : ""); };
    if (wanted.scenarios) {
        heading("SCENARIOS");
        print_scenarios();
    }
    if (wanted.cores) {
        heading("\nCORES");
        print_cores(wanted.core_list_read);
    }
    if (wanted.invariants) {
        heading("\nINVARIANTS");
        print_invariants();
    }
    if (wanted.strategies) {
        heading("\nSTRATEGIES");
        print_strategies();
    }
    if (wanted.watchers) {
        heading("\nWATCHERS");
        print_watchers();
    }
    if (wanted.lockless) {
        heading("\nLOCKLESS FIELDS");
        print_lockless();
    }
}

} // namespace

int run_list(int argc, char **argv)
{
    verb_line app("Lists what there is.", "interfuse list");
    std::string of;
    bool json = false;
    app.add_option("WHAT", of, "scenarios, cores, invariants, strategies, watchers or lockless fields; all if not given")
        ->check(CLI::IsMember({"scenarios", "cores", "invariants", "strategies", "watchers", "lockless"}));
    with_environment(app.add_flag("--json", json, "As JSON"));
    if (std::optional<int> status = parse_arguments(app, argc, argv))
        return *status;
    listing wanted;
    wanted.scenarios = of.empty() || of == "scenarios";
    wanted.cores = of.empty() || of == "cores";
    wanted.invariants = of.empty() || of == "invariants";
    wanted.strategies = of.empty() || of == "strategies";
    wanted.watchers = of.empty() || of == "watchers";
    wanted.lockless = of.empty() || of == "lockless";
    if (wanted.cores) {
        wanted.core_list_read = read_core_list(executable_folder());
        if (!wanted.core_list_read.error.empty())
            return complain(exit_error, wanted.core_list_read.error);
    }
    if (json)
        fmt::print("{}", list_json(wanted));
    else
        print_text(wanted);
    return exit_met;
}

} // namespace interfuse
