// The verb replay.
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/command.hpp"
#include "checker/command_core.hpp"
#include "checker/command_line.hpp"
#include "checker/command_subject.hpp"
#include "checker/exit_status.hpp"
#include "checker/strategies/replay.hpp"
#include "checker/trace/compare.hpp"
#include "checker/trace/recording.hpp"
#include "checker/trace/trace_file.hpp"
#include "checker/views/columns.hpp"
#include "checker/views/terminal.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

struct replay_arguments {
    std::string path;
    std::size_t last = 60;
    bool quiet = false;
    std::optional<std::string> watch;
    std::optional<std::string> out;
};

// The run that the trace describes, or what is wrong with the description.
struct setup_result {
    run_setup setup;
    std::string error;
};

setup_result setup_of(const trace &recorded, const std::string &path)
{
    const scenario *which = find_scenario(recorded.scenario);
    if (which == nullptr) {
        std::vector<const char *> known;
        for (const scenario &candidate : all_scenarios())
            known.push_back(candidate.name);
        return {{},
                fmt::format("{}: scenario: one of {} was expected, not \"{}\"", path, fmt::join(known, ", "),
                            recorded.scenario)};
    }
    parameters_result parameters = read_recorded_settings(*which, recorded.parameters);
    if (!parameters.error.empty())
        return {{}, fmt::format("{}: parameters: {}", path, parameters.error)};
    return {{which, parameters.values, recorded.points, recorded.checks, recorded.limits,
             recorded.watch}, ""};
}

// The first place where the replay and the record part, by what was asked and by what happened.
std::optional<difference> difference_of(const trace &recorded, const trace &again, const replay_strategy &answers)
{
    std::optional<difference> seen = first_difference(recorded, again);
    const std::optional<divergence> &asked = answers.diverged();
    if (asked && (!seen || asked->step < seen->step))
        return difference{asked->step, fmt::format("choice {}", asked->choice), asked->expected, asked->asked};
    if (!seen && !asked && answers.used() < recorded.choices.size())
        return difference{again.steps.size(), "choices", fmt::format("{} of them", recorded.choices.size()),
                          fmt::format("the run's end after {}", answers.used())};
    return seen;
}

void print_columns(const trace &again, std::size_t last, const std::string &path)
{
    columns_options options;
    options.width = terminal_width();
    options.colour = terminal_has_colour();
    options.last = last;
    options.hint = fmt::format("./interfuse show {}", path);
    fmt::print("\n{}", columns_of(again, options));
}

std::string finding_text(const trace_verdict &verdict)
{
    return fmt::format("{}: {}{}", verdict.invariant, verdict.message, place_text(verdict));
}

int print_difference(const difference &parted, const trace &recorded, const trace &again)
{
    fmt::print("diverged at step {} of {}, in its {}\n    recorded: {}\n    replayed: {}\n", parted.step,
               recorded.steps.size(), parted.what, parted.expected, parted.found);
    if (again.verdict.fingerprint != 0)
        fmt::print("the replay ends with a violation: {}\n", finding_text(again.verdict));
    return exit_diverged;
}

// What watches now has found something that the recorded run went past.
int print_earlier_finding(const trace &recorded, const trace &again)
{
    fmt::print("step {} of {}: all equal until what watches now finds another violation\nviolation: {}\n",
               again.steps.size(), recorded.steps.size(), finding_text(again.verdict));
    return exit_violation;
}

int print_equal(const trace &recorded, const trace &again)
{
    fmt::print("step {0} of {0}: all equal, in task, enabled tasks, events and hashes\n", recorded.steps.size());
    std::size_t moved = count_moved_lines(recorded, again);
    if (moved > 0)
        fmt::print("{} events stand at other lines than recorded: the sources or the compiler changed\n", moved);
    if (recorded.verdict.fingerprint == 0) {
        fmt::print("the run ends as recorded: {}\n", sim::name_of(recorded.verdict.kind));
        return exit_met;
    }
    fmt::print("the violation recurs: {}\n", finding_text(recorded.verdict));
    return exit_violation;
}

// As the record was, with the lines and names of this build.
int write_anew(const trace &recorded, trace again, const std::string &path, int status)
{
    again.core = recorded.core;
    again.strategy = recorded.strategy;
    again.seed = recorded.seed;
    std::string error = write_trace(again, path);
    return error.empty() ? status : complain(exit_error, error);
}

// Throws a std::runtime_error where the setup ends in a finding, which the recorded one has not done.
trace run_again(const trace &recorded, const run_setup &setup, replay_strategy &answers)
{
    try {
        runner on(setup);
        return record_run(on, answers, recorded.run).what;
    } catch (const std::runtime_error &) {
        if (!is_of_setup(recorded))
            throw;
        return record_broken_setup(setup).what;
    }
}

int replay(const trace &recorded, const run_setup &setup, const replay_arguments &given)
{
    replay_strategy answers(recorded.choices);
    trace again = run_again(recorded, setup, answers);
    std::optional<difference> parted = difference_of(recorded, again, answers);
    fmt::print("replay of {}: scenario {}, core {}, run {} of seed {}\n", given.path, recorded.scenario, recorded.core,
               recorded.run, recorded.seed);
    bool watched_anew = setup.watch != recorded.watch && again.verdict.fingerprint != 0 && begins(again, recorded);
    int status = !parted        ? print_equal(recorded, again)
                 : watched_anew ? print_earlier_finding(recorded, again)
                                : print_difference(*parted, recorded, again);
    if (!given.quiet && given.last > 0)
        print_columns(again, given.last, given.path);
    return parted || !given.out ? status : write_anew(recorded, again, *given.out, status);
}

} // namespace

int run_replay(int argc, char **argv)
{
    verb_line app("Runs a recorded run again and compares each step with the record.", "interfuse replay");
    replay_arguments given;
    app.add_option("TRACE", given.path, "A trace file")->required();
    with_environment(app.add_option("--last", given.last, "Print so many of the last events"))
        ->option_text("N")
        ->check(unsigned_number())
        ->capture_default_str();
    add_watch_option(app, given.watch, "the trace's", "OPTIONS");
    with_environment(app.add_flag("--quiet", given.quiet, "Print no events"));
    app.add_option("--out", given.out, "Write the run anew, with the lines of these sources, where all is equal")
        ->option_text("FILE");
    app.footer("Exit status: 1 if the violation recurs, or if --watch makes the run end before with another one, 0 if the\n"
               "trace holds none and all is equal, 3 if the replay diverges, 5 if the file is rejected.");
    if (std::optional<int> status = parse_arguments(app, argc, argv))
        return *status;
    watch_result watching = given.watch ? parse_watch(*given.watch) : watch_result{};
    if (!watching.error.empty())
        return complain(exit_usage, "--watch: " + watching.error);
    if (std::string error = given.out ? check_out_file(*given.out) : ""; !error.empty())
        return complain(exit_usage, error);
    trace_result read = read_trace(given.path);
    if (!read.error.empty())
        return complain(exit_rejected, read.error);
    if (std::optional<int> status = continue_in_core(read.what.core, argv, exit_rejected, given.path + ": core: "))
        return *status;
    setup_result setup = setup_of(read.what, given.path);
    if (!setup.error.empty())
        return complain(exit_rejected, setup.error);
    if (given.watch)
        setup.setup.watch = watching.watching;
    try {
        return replay(read.what, setup.setup, given);
    } catch (const std::runtime_error &broken_setup) {
        return complain(exit_diverged, fmt::format("diverged before step 0: {}", broken_setup.what()));
    }
}

} // namespace interfuse
