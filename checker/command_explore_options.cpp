// The options of explore.
#include "checker/command_explore_options.hpp"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/command_core.hpp"
#include "checker/command_line.hpp"
#include "checker/command_subject.hpp"
#include "checker/exit_status.hpp"
#include "checker/invariants/invariant.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

constexpr unsigned jobs_max = 256;
constexpr std::uint64_t runs_max = std::uint64_t{1} << 53; // JSON readers may keep counts as doubles
constexpr std::uint64_t shards_max = 100'000;
constexpr std::chrono::seconds time_preset{10};
constexpr sim::watch_set watch_preset = 0;

// As given, before names are looked up.
struct explore_arguments {
    std::vector<std::string> scenarios;
    std::string core = core_name;
    std::string strategy = all_strategies()[0].name;
    std::string points = "coarse";
    std::string checks = "steps";
    std::string format = "text";
    std::string shard = "1/1";
    std::vector<std::string> set;
    std::optional<std::string> watch;
    std::optional<std::uint64_t> runs;
    std::optional<double> seconds;
};

std::vector<std::string> strategy_names()
{
    std::vector<std::string> names;
    for (const named_strategy &strategy : all_strategies())
        names.emplace_back(strategy.name);
    return names;
}

void add_bounds(verb_line &app, explore_arguments &given, explore_options &options)
{
    auto bounds = "Bounds (with neither --runs nor --max-time: ten seconds)";
    with_environment(app.add_option("--runs", given.runs, "Runs of each scenario"))
        ->option_text("N")
        ->check(whole_number(1, runs_max))
        ->group(bounds);
    with_environment(app.add_option("--max-time", given.seconds, "Seconds for all scenarios together"))
        ->option_text("SECONDS")
        ->check(number_of_seconds())
        ->group(bounds);
    with_environment(app.add_option("--max-steps", options.limits.steps_max, "Steps of a run; longer ones are cut"))
        ->option_text("N")
        ->check(whole_number(1, steps_limit_max))
        ->capture_default_str()
        ->group(bounds);
    with_environment(app.add_flag("--keep-going", options.keep_going, "Do not stop a scenario at its first violation"))
        ->group(bounds);
}

void add_subject(verb_line &app, explore_arguments &given, explore_options &options)
{
    auto subject = "What to explore";
    app.add_option("scenarios", given.scenarios, names_of_scenarios)->option_text("NAME[:KEY=VALUE,...]");
    with_environment(app.add_option("--core", given.core, "The core to run, see: list cores"))
        ->option_text("NAME")
        ->capture_default_str()
        ->group(subject);
    with_environment(app.add_option("--set", given.set, "Parameters of scenarios: key=value,key=value"))
        ->option_text("KEY=VALUE,...")
        ->group(subject);
    with_environment(app.add_option("--strategy", given.strategy, "How choices are made, see: list strategies"))
        ->option_text("NAME")
        ->check(CLI::IsMember(strategy_names()))
        ->capture_default_str()
        ->group(subject);
    with_environment(app.add_option("--points", given.points, "Where tasks may be preempted"))
        ->option_text("coarse|fine")
        ->check(CLI::IsMember({"coarse", "fine"}))
        ->capture_default_str()
        ->group(subject);
    with_environment(app.add_option("--checks", given.checks, "Check invariants at the end of a run, or at all steps"))
        ->option_text("end|steps")
        ->check(CLI::IsMember({"end", "steps"}))
        ->capture_default_str()
        ->group(subject);
    add_watch_option(app, given.watch, text_of_watch(watch_preset), subject);
    with_environment(app.add_option("--without", options.without, "Checks that are off, see: list invariants"))
        ->delimiter(',')
        ->option_text("NAME,...")
        ->check(CLI::IsMember(names_of_checks()))
        ->group(subject);
    with_environment(app.add_option("--seed", options.seed, "A number that determines all runs"))
        ->option_text("N")
        ->check(unsigned_number())
        ->capture_default_str()
        ->group(subject);
}

void add_running(verb_line &app, explore_arguments &given, explore_options &options)
{
    auto running = "Running";
    with_environment(app.add_option("--jobs", options.jobs, "Processes; the result does not depend on it"))
        ->option_text("N")
        ->check(whole_number(1, jobs_max))
        ->capture_default_str()
        ->group(running);
    with_environment(app.add_option("--shard", given.shard, "Only part i of n of the runs, such as 2/3"))
        ->option_text("I/N")
        ->capture_default_str()
        ->group(running);
    with_environment(app.add_flag("--strict", options.strict, "Documented findings count as violations"))
        ->group(running);
    with_environment(
        app.add_flag("--goals", options.goals,
                     "A goal that no run of its scenario has reached counts as a violation; for samples large "
                     "enough to reach all"))
        ->group(running);
    with_environment(app.add_option("--out", options.out, "Folder for traces"))
        ->option_text("FOLDER")
        ->capture_default_str()
        ->group(running);
    with_environment(app.add_option("--format", given.format, "Format of the report"))
        ->option_text("text|json|junit|github")
        ->check(CLI::IsMember({"text", "json", "junit", "github"}))
        ->capture_default_str()
        ->group(running);
    add_config_option(app, running);
    app.set_help_flag("-h,--help", "Print this help")->group(running);
}

// Parses "i/n" with 1 <= i <= n.
bool parse_shard(const std::string &text, shard &part)
{
    std::uint64_t index = 0;
    const char *end = text.data() + text.size();
    auto [slash, error] = std::from_chars(text.data(), end, index);
    if (error != std::errc{} || slash == end || *slash != '/' || has_leading_zero(text) || has_leading_zero(slash + 1))
        return false;
    auto [rest, count_error] = std::from_chars(slash + 1, end, part.count);
    if (count_error != std::errc{} || rest != end || index < 1 || index > part.count || part.count > shards_max)
        return false;
    part.index = index - 1;
    return true;
}

// Returns what is wrong, or nothing.
std::string look_up(const explore_arguments &given, explore_options &options)
{
    std::string error = choose_subject(given.scenarios, given.set, options.scenarios);
    if (error.empty())
        error = check_out_folder(options.out);
    if (!error.empty())
        return error;
    if (!parse_shard(given.shard, options.part))
        return fmt::format("--shard: i/n with i from 1 to n and n up to {}, without leading zeros, was expected, not \"{}\"", shards_max,
                           given.shard);
    if (options.goals && given.checks == "end")
        return "--goals: with --checks steps only, as goals are noticed at steps";
    for (auto name = options.without.begin(); name != options.without.end(); ++name)
        if (std::find(options.without.begin(), name, *name) != name)
            return fmt::format("--without: {} is named twice", *name);
    options.core = given.core;
    options.strategy = find_strategy(given.strategy);
    options.points = given.points == "fine" ? sim::point_set::fine : sim::point_set::coarse;
    options.checks = given.checks == "end" ? check_level::end : check_level::steps;
    watch_result watch = given.watch ? parse_watch(*given.watch) : watch_result{watch_preset, ""};
    if (!watch.error.empty())
        return "--watch: " + watch.error;
    options.watch = watch.watching;
    options.runs = given.runs;
    if (given.seconds)
        options.time_max = std::chrono::milliseconds(static_cast<std::int64_t>(*given.seconds * 1000));
    else if (!given.runs)
        options.time_max = time_preset;
    return "";
}

report_format format_of(const std::string &name)
{
    if (name == "json")
        return report_format::json;
    if (name == "junit")
        return report_format::junit;
    return name == "github" ? report_format::github : report_format::text;
}

} // namespace

explore_request parse_explore(int argc, char **argv)
{
    explore_request request;
    explore_arguments given;
    request.options.seed = 1;
    request.options.out = "interfuse-out";
    verb_line app("Samples schedules of scenarios and checks each run.", "interfuse explore");
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
    request.format = format_of(given.format);
    return request;
}

} // namespace interfuse
