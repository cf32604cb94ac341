// The verb selfcheck.
#include <algorithm>
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "checker/command.hpp"
#include "checker/command_line.hpp"
#include "checker/command_trial_options.hpp"
#include "checker/exit_status.hpp"
#include "checker/invariants/invariant.hpp"
#include "checker/report_selfcheck.hpp"
#include "checker/search/interruption.hpp"
#include "checker/trials/hunt.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

void add_options(verb_line &app, search_limits &options, std::uint64_t &walks, std::string &format)
{
    add_trial_options(app, options, 200'000);
    with_environment(
        app.add_option("--walks", walks, "Random runs beside the searches of all states, in all; 0: no searches"))
        ->option_text("N")
        ->check(unsigned_number())
        ->capture_default_str();
    with_environment(app.add_option("--format", format, "Format of the report; data is what checker/needed.txt keeps"))
        ->option_text("text|json|data")
        ->check(CLI::IsMember({"text", "json", "data"}))
        ->capture_default_str();
}

// Those that say where they show; others would be searched for in all scenarios.
std::vector<core_description> planted_bugs(const core_list &list)
{
    std::vector<core_description> bugs;
    std::ranges::copy_if(list.cores, std::back_inserter(bugs),
                         [](const core_description &core) { return !core.shown_in.empty(); });
    return bugs;
}

std::vector<std::string> checks_and_watchers()
{
    std::vector<std::string> entries = entries_of_checks(), names = names_of_checks();
    for (const watcher &each : all_watchers())
        for (const std::string &rule : checkers_in(each.rules))
            if (std::ranges::find(names, rule) == names.end())
                entries.push_back(rule);
    return entries;
}

// None in a build without executables that search.
std::vector<searched_subject> subjects_of_search()
{
    std::string folder = executable_folder();
    for (const searched_subject &each : searched_subjects())
        if (access(search_executable_of_core(folder, each.core).c_str(), X_OK) != 0)
            return {};
    return searched_subjects();
}

std::string text_in(const selfcheck_result &result, const std::string &format)
{
    if (format == "json")
        return selfcheck_json(result);
    return format == "data" ? selfcheck_data(result) : selfcheck_text(result);
}

} // namespace

int run_selfcheck(int argc, char **argv)
{
    search_limits options;
    std::uint64_t walks = 1'000'000;
    std::string format = "text";
    verb_line app("Tells for each check which planted bugs only it finds, whether runs are the same in each process, "
                  "and whether searches"
                  " of all states agree.",
                  "interfuse selfcheck");
    add_options(app, options, walks, format);
    if (std::optional<int> status = parse_arguments(app, argc, argv))
        return *status;
    core_list list = read_core_list(executable_folder());
    if (!list.error.empty())
        return complain(exit_error, list.error);
    note_interruptions();
    std::size_t ended = 0;
    selfcheck_result result = run_selfcheck(
        checks_and_watchers(), planted_bugs(list), {"linux-2.6.17", "repaired"}, subjects_of_search(), walks, options,
        [&](const std::string &core) { fmt::print(stderr, "interfuse: search {}: {}\n", ++ended, core); });
    fmt::print("{}", text_in(result, format));
    std::fflush(stdout);
    if (result.interrupted)
        return exit_by_signal + interruption();
    if (!result.error().empty())
        return complain(exit_error, result.error());
    if (!result.indeterminate.empty())
        return exit_diverged;
    return result.is_met() ? exit_met : exit_violation;
}

} // namespace interfuse
