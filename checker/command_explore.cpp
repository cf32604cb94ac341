// The verb explore.
#include <cstdio>

#include <fmt/format.h>

#include "checker/command.hpp"
#include "checker/command_explore_options.hpp"
#include "checker/command_finding.hpp"
#include "checker/command_line.hpp"
#include "checker/exit_status.hpp"
#include "checker/report.hpp"
#include "checker/search/interruption.hpp"

namespace interfuse {

namespace {

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
    if (result.any_new())
        return exit_violation;
    return result.interrupted != 0 ? exit_by_signal + result.interrupted : exit_met;
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
            print_finding(recorded.steps.empty() || is_of_setup(recorded)
                              ? fmt::format("violation in {}", found.of.title())
                              : fmt::format("violation in run {} of {}", found.first_run, found.of.title()),
                          found, recorded);
    };
    listener.progress = [&](const scenario_sample &sample, const tally &so_far) {
        if (progress.due())
            progress.show(fmt::format("{}: {} runs", sample.of.title(), grouped(sample.sums.runs + so_far.runs)));
    };
    note_interruptions();
    exploration result = explore(request.options, listener);
    progress.clear();
    print_report(request, result);
    return status_of(result);
}

} // namespace interfuse
