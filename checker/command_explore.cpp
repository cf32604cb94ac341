// The verb explore.
#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "checker/command.hpp"
#include "checker/command_explore_options.hpp"
#include "checker/command_line.hpp"
#include "checker/exit_status.hpp"
#include "checker/report.hpp"
#include "checker/search/interruption.hpp"
#include "checker/views/columns.hpp"
#include "checker/views/terminal.hpp"

namespace interfuse {

namespace {

constexpr std::size_t rows_shown = 60;

void print_finding(const finding &found, const trace &recorded)
{
    fmt::print("violation in run {} of {}: {}\n", found.first_run, found.scenario, sentence_of(found));
    if (recorded.steps.empty())
        return;
    if (!found.trace.empty())
        fmt::print("trace: {0}\nreplay: ./interfuse replay {0}\n", found.trace);
    fmt::print("\n");
    columns_options options;
    options.width = terminal_width();
    options.colour = terminal_has_colour();
    options.last = rows_shown;
    if (!found.trace.empty())
        options.hint = fmt::format("./interfuse show {}", found.trace);
    fmt::print("{}\n", columns_of(recorded, options));
    std::fflush(stdout);
}

// Says on stderr how far the search is: often on a terminal, now and then in a log.
class progress_line {
public:
    progress_line() : terminal(isatty(STDERR_FILENO)) {}

    void show(const scenario_sample &sample, const tally &so_far)
    {
        auto now = std::chrono::steady_clock::now();
        if (now < due)
            return;
        due = now + pause();
        std::string text = fmt::format("{}: {} runs", sample.of.which->name, grouped(sample.sums.runs + so_far.runs));
        if (terminal)
            fmt::print(stderr, "\r\x1b[K{}", text);
        else
            fmt::print(stderr, "interfuse: {}\n", text);
        std::fflush(stderr);
        shown = true;
    }

    void clear()
    {
        if (terminal && shown)
            fmt::print(stderr, "\r\x1b[K");
        std::fflush(stderr);
        shown = false;
    }

private:
    std::chrono::milliseconds pause() const { return std::chrono::milliseconds(terminal ? 200 : 10'000); }

    bool terminal;
    bool shown = false;
    std::chrono::steady_clock::time_point due = std::chrono::steady_clock::now() + pause();
};

void print_report(const explore_request &request, const exploration &result)
{
    switch (request.format) {
    case report_format::json:
        fmt::print("{}", report_json(request.options, result));
        break;
    case report_format::junit:
        fmt::print("{}", report_junit(request.options, result));
        break;
    case report_format::github:
        fmt::print("{}", report_github(result));
        [[fallthrough]];
    case report_format::text:
        fmt::print("{}", report_text(request.options, result));
        break;
    }
    std::fflush(stdout);
}

int status_of(const exploration &result)
{
    if (!result.error.empty())
        return complain(exit_error, result.error);
    if (!result.nondeterminism.empty())
        return complain(exit_diverged, result.nondeterminism);
    if (result.interrupted != 0)
        return exit_by_signal + result.interrupted;
    return result.any_new() ? exit_violation : exit_met;
}

} // namespace

int run_explore(int argc, char **argv)
{
    explore_request request = parse_explore(argc, argv);
    if (request.status)
        return *request.status;
    bool for_people = request.format == report_format::text || request.format == report_format::github;
    progress_line progress;
    explore_listener listener;
    listener.found = [&](const finding &found, const trace &recorded) {
        progress.clear();
        if (for_people && !found.accepted)
            print_finding(found, recorded);
    };
    listener.progress = [&](const scenario_sample &sample, const tally &so_far) { progress.show(sample, so_far); };
    note_interruptions();
    exploration result = explore(request.options, listener);
    progress.clear();
    print_report(request, result);
    return status_of(result);
}

} // namespace interfuse
