// The verb verify.
#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iterator>

#include <fmt/format.h>
#include <unistd.h>

#include "checker/command.hpp"
#include "checker/command_core.hpp"
#include "checker/command_finding.hpp"
#include "checker/command_line.hpp"
#include "checker/command_subject.hpp"
#include "checker/exit_status.hpp"
#include "checker/report.hpp"
#include "checker/report_verify.hpp"
#include "checker/search/interruption.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

// As given, before names are looked up.
struct verify_arguments {
    std::vector<std::string> scenarios;
    std::vector<std::string> set;
    std::optional<std::string> watch;
    std::optional<std::string> reduce;
    std::string hash = "64";
    std::string core = core_name;
    std::string points = "coarse";
    std::string format = "text";
    std::string memory = "4G";
    std::optional<double> seconds;
};

struct verify_request {
    verify_options options;
    std::string format;
    std::optional<int> status;
};

// "64M" and the like; nothing if it is not that, or more than a search can reserve.
std::optional<std::size_t> read_bytes(const std::string &text)
{
    std::size_t number = 0;
    const char *end = text.data() + text.size();
    auto [unit, error] = std::from_chars(text.data(), end, number);
    constexpr std::size_t most = std::size_t{1} << 44; // what a process can address is eight times that
    if (error != std::errc{} || end - unit != 1 || (*unit != 'M' && *unit != 'G') || number == 0 || has_leading_zero(text))
        return {};
    unsigned shift = *unit == 'M' ? 20 : 30;
    if (number > most >> shift)
        return {};
    return number << shift;
}

void add_subject(verb_line &app, verify_arguments &given, verify_options &options)
{
    auto subject = "What to verify";
    app.add_option("scenarios", given.scenarios, names_of_scenarios)->option_text("NAME[:KEY=VALUE,...]");
    with_environment(app.add_option("--core", given.core, "The core to run, see: list cores"))
        ->option_text("NAME")
        ->capture_default_str()
        ->group(subject);
    with_environment(app.add_option("--set", given.set, "Parameters of scenarios: key=value,key=value"))
        ->option_text("KEY=VALUE,...")
        ->group(subject);
    with_environment(app.add_option("--points", given.points, "Where tasks may be preempted"))
        ->option_text("coarse|fine")
        ->check(CLI::IsMember({"coarse", "fine"}))
        ->capture_default_str()
        ->group(subject);
    add_watch_option(app, given.watch, "none", subject)->option_text("none|memory|races|memory,races");
    with_environment(app.add_option("--reduce", given.reduce,
                                    "Which tasks are tried in a state: all; all that are awake; of these one alone where its "
                                    "step is nobody else's business; or the fewest that do, persistent sets"))
        ->option_text("none|sleep|local|persistent")
        ->check(CLI::IsMember({"none", "sleep", "local", "persistent"}))
        ->default_str("local, with --watch races sleep, with --livelocks or --shortest none")
        ->group(subject);
    with_environment(app.add_option("--seed", options.seed,
                                    "Order in which the tasks of a state are tried; 0: with local steps the last that was started first"))
        ->option_text("N")
        ->check(unsigned_number())
        ->capture_default_str()
        ->group(subject);
    with_environment(app.add_flag("--any-order", options.any_order,
                                  "Also with --reduce local or persistent, tasks that are alike begin in any order"))
        ->group(subject);
    with_environment(app.add_flag("--livelocks", options.livelocks,
                                  "Look for circles of states that a fair scheduler need never leave"))
        ->group(subject);
    with_environment(app.add_flag("--shortest", options.shortest,
                                  "Search layer by layer, so that each path is a shortest one; without reduction"))
        ->group(subject);
    with_environment(app.add_option("--hash", given.hash, "Bits of the hash that a state is known by"))
        ->option_text("64|128")
        ->check(CLI::IsMember({"64", "128"}))
        ->capture_default_str()
        ->group(subject);
    with_environment(
        app.add_flag("--self-check", options.self_check,
                     "Try out in each state what the search takes for granted: hashes, independence, equal states"))
        ->group(subject);
    with_environment(
        app.add_option("--walks", options.walks, "Random runs after a complete search, which must stay inside it; implies --any-order"))
        ->option_text("N")
        ->check(unsigned_number())
        ->capture_default_str()
        ->group(subject);
}

void add_bounds(verb_line &app, verify_arguments &given, verify_options &options)
{
    auto bounds = "Bounds of each scenario; where one stops the search, the exit status is 4";
    with_environment(app.add_option("--max-states", options.states_max, "Different states"))
        ->option_text("N")
        ->check(whole_number(1, UINT64_MAX))
        ->group(bounds);
    with_environment(app.add_option("--max-memory", given.memory, "Memory for states and for the paths of all processes"))
        ->option_text("N(M|G)")
        ->capture_default_str()
        ->group(bounds);
    with_environment(app.add_option("--max-time", given.seconds, "Seconds"))
        ->option_text("SECONDS")
        ->check(number_of_seconds())
        ->group(bounds);
    with_environment(app.add_option("--max-steps", options.limits.steps_max, "Steps of a path"))
        ->option_text("N")
        ->check(whole_number(1, steps_limit_max))
        ->capture_default_str()
        ->group(bounds);
}

void add_running(verb_line &app, verify_arguments &given, verify_options &options)
{
    auto running = "Running";
    with_environment(app.add_option("--jobs", options.jobs, "Processes that share the search of a scenario"))
        ->option_text("N")
        ->check(whole_number(1, 256))
        ->capture_default_str()
        ->group(running);
    with_environment(app.add_flag("--first", options.first,
                                  "End the search of a scenario at its first finding, documented or not"))
        ->group(running);
    with_environment(app.add_option("--scout", options.scouts,
                                    "Random walks before the search, the first finding of which ends it; with --first"))
        ->option_text("N")
        ->check(unsigned_number())
        ->capture_default_str()
        ->group(running);
    with_environment(app.add_flag("--strict", options.strict, "Documented findings count as violations"))
        ->group(running);
    with_environment(app.add_option("--out", options.out, "Folder for traces"))
        ->option_text("FOLDER")
        ->capture_default_str()
        ->group(running);
    with_environment(app.add_option("--format", given.format, "Format of the report"))
        ->option_text("text|json|table")
        ->check(CLI::IsMember({"text", "json", "table"}))
        ->capture_default_str()
        ->group(running);
    add_config_option(app, running);
    app.set_help_flag("-h,--help", "Print this help")->group(running);
}

reduction reduction_of(const std::string &name)
{
    if (name == "none")
        return reduction::none;
    if (name == "sleep")
        return reduction::sleep_sets;
    return name == "local" ? reduction::local_steps : reduction::persistent_sets;
}

// Returns what is wrong, or nothing.
std::string choose_reduction(const verify_arguments &given, verify_options &options)
{
    bool races = (options.watch & sim::watch_races) != 0;
    const char *preset = options.livelocks || options.shortest ? "none" : races ? "sleep" : "local";
    options.reduce = reduction_of(given.reduce.value_or(preset));
    if (options.scouts != 0 && !options.first)
        return "--scout: with --first only, as what walks find ends the search before it begins";
    if (options.shortest && (options.reduce != reduction::none || options.jobs > 1 || options.livelocks))
        return "--shortest: with --reduce none and --jobs 1 only, and without --livelocks, as it searches in another "
               "order";
    if (options.shortest && (options.watch & sim::watch_races) != 0)
        return "--shortest: without --watch races only, as steps are not compared in that order";
    if (options.shortest && options.seed != 0)
        return "--seed: without --shortest only, as each layer is searched as a whole";
    if (options.any_order && !uses_persistent_sets(options.reduce))
        return "--any-order: with --reduce local or persistent only, as else tasks that are alike begin in any order anyway";
    if (options.livelocks && options.reduce != reduction::none)
        return "--livelocks: with --reduce none only, as a circle may consist of steps that a reduction leaves out";
    if (options.livelocks && options.jobs > 1)
        return "--livelocks: with --jobs 1 only, as circles are found in the order of one search";
    if (races && (options.livelocks || options.walks != 0))
        return "--watch: races takes neither --livelocks nor --walks, as it tells states apart by what led to them too";
    if (races && (options.reduce == reduction::persistent_sets || options.reduce == reduction::local_steps))
        return "--watch: races takes --reduce sleep or none, as it compares steps in every state";
    return "";
}

// Returns what is wrong, or nothing.
std::string look_up(const verify_arguments &given, verify_options &options)
{
    std::string error = choose_subject(given.scenarios, given.set, options.scenarios);
    if (error.empty())
        error = check_out_folder(options.out);
    if (!error.empty())
        return error;
    std::optional<std::size_t> memory = read_bytes(given.memory);
    if (!memory)
        return fmt::format("--max-memory: a number with M or G, such as 64M, and no more than 16384G, was expected, not \"{}\"", given.memory);
    watch_result watch = given.watch ? parse_watch(*given.watch) : watch_result{};
    if (!watch.error.empty())
        return "--watch: " + watch.error;
    options.watch = watch.watching;
    if ((options.watch & sim::watch_locks) != 0)
        return "--watch: verify takes none, memory, races or memory,races; locks goes by orders over all runs, which "
               "are "
               "no part of a state";
    options.memory_max = *memory;
    error = choose_reduction(given, options);
    if (!error.empty())
        return error;
    options.wide = given.hash == "128";
    options.core = given.core;
    options.points = given.points == "fine" ? sim::point_set::fine : sim::point_set::coarse;
    if (given.seconds)
        options.time_max = std::chrono::milliseconds(static_cast<std::int64_t>(*given.seconds * 1000));
    return "";
}

verify_request parse_verify(int argc, char **argv)
{
    verify_request request;
    verify_arguments given;
    request.options.out = "interfuse-out";
    verb_line app("Searches every state of scenarios and checks each step.", "interfuse verify");
    app.footer("Each option can also be set as INTERFUSE_NAME in the environment or in the file of --config; the\n"
               "command line wins over the file, and the file over the environment.");
    app.set_help_flag();
    add_subject(app, given, request.options);
    add_bounds(app, given, request.options);
    add_running(app, given, request.options);
    request.status = parse_arguments(app, argc, argv);
    if (!request.status)
        request.status = continue_in_core(given.core, argv, exit_usage, "--core: ");
    if (request.status)
        return request;
    std::string error = look_up(given, request.options);
    if (!error.empty())
        request.status = complain(exit_usage, error);
    else
        request.status = continue_in_search(argv);
    request.format = given.format;
    return request;
}

// What stopped the first search that was, and how many more.
std::string stopped_by(const verification &result)
{
    auto is_stopped = [](const scenario_search &search) { return !search.complete(); };
    auto first = std::ranges::find_if(result.searches, is_stopped);
    auto more = std::count_if(std::next(first), result.searches.end(), is_stopped);
    return fmt::format("{} of scenario {} stopped the search before it had seen every state{}", first->result.bound, first->of.title(),
                       more == 0 ? "" : fmt::format(", as a bound did in {}", counted(static_cast<std::uint64_t>(more), "other")));
}

int status_of(const verification &result)
{
    if (!result.error.empty())
        return complain(exit_error, result.error);
    if (!result.nondeterminism.empty())
        return complain(exit_diverged, result.nondeterminism);
    if (result.any_new())
        return exit_violation;
    if (result.interrupted != 0)
        return exit_by_signal + result.interrupted;
    if (result.complete())
        return exit_met;
    return complain(exit_incomplete, stopped_by(result));
}

// The two highest digits of a guess.
std::uint64_t in_round_figures(std::uint64_t guess)
{
    std::uint64_t unit = 1;
    while (guess / unit >= 100)
        unit *= 10;
    return guess / unit * unit;
}

std::string progress_text(const scenario_search &search, const search_counts &counts, std::chrono::nanoseconds took)
{
    auto milliseconds = static_cast<std::uint64_t>(took.count() / 1'000'000) + 1;
    bool more = counts.expected && in_round_figures(*counts.expected) > counts.states;
    return fmt::format("{}: pass {}{}: {} states{}, {} a second, depth {}, {} steps open on the path, {} revisits, {} MB",
                       search.of.title(), counts.passes, counts.skims ? " skims" : "", grouped(counts.states),
                       more ? fmt::format(" of perhaps {}", grouped(in_round_figures(*counts.expected))) : "",
                       grouped(counts.states_of_all_passes * 1000 / milliseconds), counts.depth, grouped(counts.open),
                       grouped(counts.revisits), counts.visited_bytes >> 20);
}

std::string report_of(const verify_request &request, const verification &result)
{
    if (request.format == "json")
        return verify_json(request.options, result);
    if (request.format == "table")
        return verify_table(request.options, result);
    return verify_text(request.options, result);
}

} // namespace

int run_verify(int argc, char **argv)
{
    verify_request request = parse_verify(argc, argv);
    if (request.status)
        return *request.status;
    progress_line progress;
    auto started = std::chrono::steady_clock::now();
    verify_listener listener;
    listener.found = [&](const finding &found, const trace &recorded) {
        progress.clear();
        if (request.format == "text" && !found.accepted)
            print_finding(fmt::format("violation in {}", found.of.title()), found, recorded);
    };
    listener.progress = [&](const scenario_search &search, const search_counts &counts) {
        if (progress.due())
            progress.show(progress_text(search, counts, std::chrono::steady_clock::now() - started));
    };
    listener.searched = [&](const scenario_search &search) {
        progress.clear();
        started = std::chrono::steady_clock::now();
        if (request.format == "text") {
            fmt::print("{}", search_line(search));
            std::fflush(stdout);
        }
    };
    note_interruptions();
    verification result = verify(request.options, listener);
    progress.clear();
    fmt::print("{}", report_of(request, result));
    std::fflush(stdout);
    return status_of(result);
}

} // namespace interfuse
