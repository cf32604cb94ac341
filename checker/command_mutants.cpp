// The verb mutants.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/command.hpp"
#include "checker/command_line.hpp"
#include "checker/command_subject.hpp"
#include "checker/command_trial_options.hpp"
#include "checker/exit_status.hpp"
#include "checker/invariants/invariant.hpp"
#include "checker/report_mutants.hpp"
#include "checker/search/explore.hpp"
#include "checker/search/interruption.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

struct mutants_arguments {
    std::vector<std::string> names;
    std::string format = "text";
    bool json = false;
    hunt_options options;
};

void add_options(verb_line &app, mutants_arguments &given)
{
    app.add_option("names", given.names,
                   "Names of mutants; all of core/mutants/ and INTERFUSE_MUTANTS if none is named");
    add_trial_options(app, given.options, 1'000'000);
    with_environment(app.add_flag(
        "--verify", given.options.verify,
        "Search all states, up to the first finding, in several orders, instead of sampling; --runs, --seed and --seeds "
        "do not count"));
    with_environment(
        app.add_option("--seeds", given.options.seeds, "Search with so many seeds and keep the shortest trace"))
        ->option_text("N")
        ->check(whole_number(1, 1000))
        ->capture_default_str();
    with_environment(app.add_option("--out", given.options.out, "Folder for a trace of each mutant"))
        ->option_text("FOLDER")
        ->capture_default_str();
    with_environment(app.add_option("--format", given.format, "Format of the report"))
        ->option_text("text|json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
    app.add_flag("--json", given.json, "The same as --format json");
}

bool is_mutant(const core_description &core)
{
    return core.kind == "mutant" || core.kind == "probe";
}

// Returns what is wrong with the names, or nothing.
std::string choose(const std::vector<core_description> &all, const std::vector<std::string> &names,
                   std::vector<core_description> &chosen)
{
    for (const core_description &core : all)
        if (names.empty() && core.kind == "mutant")
            chosen.push_back(core);
    for (const std::string &name : names) {
        auto named = [&](const core_description &core) { return core.name == name; };
        auto found = std::ranges::find_if(all, named);
        if (found == all.end() || !is_mutant(*found))
            return fmt::format("there is no mutant \"{}\"; \"interfuse list cores\" names them, those of a folder of "
                               "yours only while INTERFUSE_MUTANTS does",
                               name);
        if (std::ranges::any_of(chosen, named))
            return fmt::format("mutant {} is named twice", name);
        chosen.push_back(*found);
    }
    return "";
}

// Whatever a finding may be made by.
std::vector<std::string> names_of_finders()
{
    std::vector<std::string> names = names_of_checks();
    for (const watcher &each : all_watchers())
        for (std::string &rule : checkers_in(each.rules))
            if (std::ranges::find(names, rule) == names.end())
                names.push_back(std::move(rule));
    names.insert(names.end(), {"setup", missed_goal});
    return names;
}

// Returns what is wrong with the headers of their patches, or nothing.
std::string check_headers(const std::vector<core_description> &chosen)
{
    const std::vector<std::string> known = names_of_finders();
    for (const core_description &core : chosen)
        for (const std::string &name : checkers_in(core.found_by))
            if (std::ranges::find(known, name) == known.end())
                return fmt::format("{}: Found by: one of {} was expected, not \"{}\"", core.patch,
                                   fmt::join(known, ", "), name);
    return "";
}

} // namespace

int run_mutants(int argc, char **argv)
{
    mutants_arguments given;
    given.options.out = "interfuse-out/mutants";
    verb_line app("Explores each mutant where it shows, and tells which checker finds it.", "interfuse mutants");
    add_options(app, given);
    if (std::optional<int> status = parse_arguments(app, argc, argv))
        return *status;
    if (std::string error = check_out_folder(given.options.out); !error.empty())
        return complain(exit_usage, error);
    core_list list = read_core_list(executable_folder());
    if (!list.error.empty())
        return complain(exit_error, list.error);
    std::vector<core_description> chosen;
    if (std::string error = choose(list.cores, given.names, chosen); !error.empty())
        return complain(exit_usage, error);
    if (std::string error = check_headers(chosen); !error.empty())
        return complain(exit_rejected, error);
    note_interruptions();
    std::size_t ended = 0, all = chosen.size() * given.options.seeds;
    std::vector<hunted> mutants = hunt(chosen, given.options, [&](const std::string &core) {
        fmt::print(stderr, "interfuse: {} of {}: {}\n", ++ended, all, core);
    });
    bool json = given.json || given.format == "json";
    fmt::print("{}", json ? mutants_json(mutants, given.options) : mutants_text(mutants, given.options));
    std::fflush(stdout);
    if (interruption() != 0)
        return exit_by_signal + interruption();
    for (const hunted &each : mutants)
        if (!each.error.empty())
            return complain(exit_error, each.error);
    return std::ranges::all_of(mutants, &hunted::is_met) ? exit_met : exit_violation;
}

} // namespace interfuse
