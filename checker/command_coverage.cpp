// The verb coverage.
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <map>

#include <fmt/format.h>

#include "checker/command.hpp"
#include "checker/command_core.hpp"
#include "checker/command_line.hpp"
#include "checker/command_subject.hpp"
#include "checker/exit_status.hpp"
#include "checker/report_coverage.hpp"
#include "checker/search/interruption.hpp"
#include "checker/trace/core_list.hpp"
#include "generated/unreachable_text.hpp"
#include "generated/unstruck_text.hpp"

namespace interfuse {

namespace {

struct coverage_arguments {
    std::vector<std::string> scenarios;
    std::string core = core_name;
    std::uint64_t runs = 2000;
    std::uint64_t seed = 1;
    std::optional<double> seconds;
    std::string format = "text";
};

void add_options(verb_line &app, coverage_arguments &given)
{
    app.add_option("scenarios", given.scenarios, "Names of scenarios; all if none is named");
    with_environment(app.add_option("--core", given.core, "The core to run, see: list cores"))
        ->option_text("NAME")
        ->capture_default_str();
    with_environment(app.add_option("--runs", given.runs, "Runs of each scenario as preset; more come with parameters"))
        ->option_text("N")
        ->check(whole_number(1, std::uint64_t{1} << 40))
        ->capture_default_str();
    with_environment(app.add_option("--max-time", given.seconds, "Seconds for all scenarios together"))
        ->option_text("SECONDS")
        ->check(number_of_seconds());
    with_environment(app.add_option("--seed", given.seed, "A number that determines all runs"))
        ->option_text("N")
        ->check(unsigned_number())
        ->capture_default_str();
    with_environment(app.add_option("--format", given.format, "Format of the report"))
        ->option_text("text|json")
        ->check(CLI::IsMember({"text", "json"}))
        ->capture_default_str();
}

// Returns what is wrong, or nothing.
std::string choose(const std::vector<std::string> &names, std::vector<const scenario *> &chosen)
{
    for (const std::string &name : names) {
        const scenario *which = find_scenario(name);
        if (which == nullptr)
            return no_scenario(name);
        if (std::ranges::find(chosen, which) != chosen.end())
            return fmt::format("scenario {} is named twice", name);
        chosen.push_back(which);
    }
    if (names.empty())
        for (const scenario &which : all_scenarios())
            chosen.push_back(&which);
    return "";
}

using source_texts = std::map<std::string, std::vector<std::string>>;

source_texts sources_of(const std::string &core, const std::vector<std::string> &files)
{
    source_texts sources;
    for (const core_description &each : read_core_list(executable_folder()).cores) {
        for (const std::string &file : files) {
            if (each.name != core)
                continue;
            std::ifstream source(each.tree + "/" + file);
            for (std::string line; std::getline(source, line);)
                sources[file].push_back(line);
        }
    }
    return sources;
}

// What nothing can reach, and what can be struck by nothing, as far as the core is concerned.
struct excuses {
    unreachable_list lines;
    unstruck_list strikes;
};

excuses read_excuses(const std::string &core)
{
    return {parse_unreachable(unreachable_text, core), parse_unstruck(unstruck_text, core)};
}

void sum_up(coverage_report &report, const excuses &given)
{
    for (const scenario_reach &each : report.measured.scenarios) {
        report.sum.add(each.counts);
        report.sums.fold(each.sums);
        report.rows |= each.rows;
    }
    std::vector<std::string> files = report.sum.files();
    std::vector<gcov_line> lines;
    for (const std::string &file : files)
        for (const gcov_line &line : report.sum.lines_of(file))
            lines.push_back(line);
    report.of_core = find_gaps(lines, sources_of(report.core, files), given.lines.entries);
    strike_set seen;
    for (unsigned number = 0; number < strike_numbers; ++number)
        seen[number] = report.sums.runs_struck[number] > 0;
    report.of_strikes = find_strike_gaps(seen, given.strikes.entries);
    report.unstruck_rows = given.strikes.entries;
}

} // namespace

int run_coverage(int argc, char **argv)
{
    coverage_arguments given;
    verb_line app("Tells which lines, branches and transitions scenarios reach, and what strikes requests where.",
                  "interfuse coverage");
    add_options(app, given);
    std::optional<int> status = parse_arguments(app, argc, argv);
    if (!status)
        status = continue_in_core(given.core, argv, exit_usage, "--core: ");
    if (status)
        return *status;
    measure_options options;
    if (std::string error = choose(given.scenarios, options.scenarios); !error.empty())
        return complain(exit_usage, error);
    if (!is_measurable())
        return complain(exit_usage,
                        "this build does not count what it reaches; the preset coverage does, with g++, and "
                        "./interfuse coverage builds it");
    excuses reasons = read_excuses(given.core);
    if (std::string error = reasons.lines.error + reasons.strikes.error; !error.empty())
        return complain(exit_rejected, error);
    options.runs = given.runs;
    options.seed = given.seed;
    if (given.seconds)
        options.deadline = std::chrono::steady_clock::now() +
                           std::chrono::milliseconds(static_cast<std::int64_t>(*given.seconds * 1000));
    note_interruptions();
    coverage_report report{};
    report.core = given.core;
    report.seed = given.seed;
    report.measured =
        measure(options, [](const scenario &which) { fmt::print(stderr, "interfuse: {}\n", which.name); });
    if (!report.measured.error.empty())
        return complain(exit_error, report.measured.error);
    sum_up(report, reasons);
    fmt::print("{}", given.format == "json" ? coverage_json(report) : coverage_text(report));
    std::fflush(stdout);
    if (interruption() != 0)
        return exit_by_signal + interruption();
    return report.is_complete() ? exit_met : exit_violation;
}

} // namespace interfuse
