// Every state of each scenario.
#include "checker/search/verify.hpp"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>

#include "checker/search/interruption.hpp"
#include "checker/search/known.hpp"
#include "checker/search/trace_paths.hpp"
#include "checker/trace/recording.hpp"
#include "checker/trace/trace_file.hpp"

namespace interfuse {

namespace {

using std::chrono::steady_clock;

class verifier {
public:
    verifier(const verify_options &options, const verify_listener &listener) : options(options), listener(listener) {}

    verification run()
    {
        for (const chosen_scenario &chosen : options.scenarios) {
            if (interruption() != 0 || !result.error.empty() || !result.nondeterminism.empty())
                break;
            result.searches.push_back({.of = chosen, .result = {}, .findings = {}, .unconfirmed = {}});
            search(result.searches.back());
            listener.searched(result.searches.back());
        }
        // A signal that came when everything was over has interrupted nothing.
        if (result.searches.size() < options.scenarios.size() || !std::ranges::all_of(result.searches, &scenario_search::complete))
            result.interrupted = interruption();
        result.took = steady_clock::now() - started;
        return std::move(result);
    }

private:
    void search(scenario_search &into)
    {
        try {
            search_states_of(into);
            for (const state_finding &found : into.result.findings)
                if (found.kind == finding_kind::circle)
                    describe_circle(found, into);
        } catch (const std::runtime_error &broken_setup) {
            add_broken_setup(into, broken_setup.what());
        }
    }

    run_setup setup_of(const scenario_search &search) const
    {
        return {search.of.which, search.of.parameters, options.points, options.checks, options.limits, options.watch};
    }

    search_bounds bounds() const
    {
        search_bounds bounds{.reduce = options.reduce,
                             .seed = options.seed,
                             .jobs = options.jobs,
                             .first = options.first,
                             .any_order = options.any_order,
                             .shortest = options.shortest,
                             .wide = options.wide,
                             .self_check = options.self_check,
                             .walks = options.walks,
                             .scouts = options.scouts,
                             .races = (options.watch & sim::watch_races) != 0,
                             .livelocks = options.livelocks,
                             .states_max = options.states_max,
                             .memory_max = options.memory_max};
        if (options.time_max)
            bounds.deadline = steady_clock::now() + *options.time_max;
        return bounds;
    }

    void search_states_of(scenario_search &into)
    {
        runner on(setup_of(into));
        search_bounds bounds = this->bounds();
        into.result =
            search_states(on, bounds, [&](const search_counts &counts) { listener.progress(into, counts); });
        if (result.error.empty())
            result.error = into.result.error;
        for (const state_finding &found : into.result.findings)
            if (found.kind != finding_kind::circle)
                describe(on, found, into);
    }

    // There is no path to follow: the scenario cannot even be set up on this core.
    void add_broken_setup(scenario_search &into, const char *sentence)
    {
        if (!sim::the_run.outcome->is_finding()) {
            into.result.bound = "--max-steps";
            return;
        }
        into.result.bound = "the setup";
        trace recorded = record_broken_setup(setup_of(into)).what;
        recorded.core = options.core;
        recorded.strategy = "verify";
        finding found;
        found.of = into.of;
        found.verdict = recorded.verdict;
        found.verdict.message = sentence;
        found.count = 1;
        found.trace = write_finding(recorded);
        into.findings.push_back(found);
        listener.found(found, recorded);
    }

    // Goes round until what a first round leaves behind, where nobody reads it, is the same after each, and a run that
    // is cut there has been in a state twice.
    void describe_circle(const state_finding &counted, scenario_search &into)
    {
        constexpr std::size_t rounds = 4;
        state_finding unrolled = counted;
        for (std::size_t more = 0; more < (rounds - 1) * counted.round; ++more)
            unrolled.path.push_back(unrolled.path[unrolled.path.size() - counted.round]);
        run_setup setup = setup_of(into);
        setup.limits.steps_max = static_cast<std::uint32_t>(unrolled.path.size());
        runner on(setup);
        describe(on, unrolled, into);
    }

    static std::string ending_of(const recorded_run &run)
    {
        const trace_verdict &verdict = run.what.verdict;
        return run.result.fingerprint == 0
                   ? "its path ends with nothing"
                   : fmt::format("its path meets {} first: {}", verdict.invariant, verdict.message);
    }

    recorded_run run_path(runner &on, guided_strategy &chooser)
    {
        recorded_run again = record_run(on, chooser, 0);
        again.what.core = options.core;
        again.what.strategy = "verify";
        return again;
    }

    // The path to a finding is run as explore runs a schedule, and has to end in a finding too. Where several things
    // are wrong at once it may be another one of them, which is what the trace then shows.
    void describe(runner &on, const state_finding &counted, scenario_search &into)
    {
        guided_strategy chooser(counted.path);
        recorded_run again = run_path(on, chooser);
        for (std::size_t i = 0; i < counted.others.size() && again.result.fingerprint != counted.fingerprint; ++i) {
            guided_strategy other_way(counted.others[i]);
            recorded_run other = run_path(on, other_way);
            if (other.result.fingerprint == counted.fingerprint)
                again = std::move(other);
        }
        // Beside races whatever lies behind one on all paths that were tried.
        bool races = (options.watch & sim::watch_races) != 0;
        bool hidden = again.result.fingerprint != counted.fingerprint &&
                      (counted.kind == finding_kind::race || (counted.kind == finding_kind::verdict && races));
        if (hidden)
            into.unconfirmed.push_back(fmt::format("{}; run, {}", counted.message, ending_of(again)));
        if (again.result.fingerprint != 0)
            add_finding(again, hidden ? 1 : counted.count, into);
        else if (counted.kind == finding_kind::verdict || counted.kind == finding_kind::circle)
            result.nondeterminism = fmt::format(
                "a path of {} steps in scenario {} ended with \"{}\" ({:016x}) and, run again, with nothing{}{}",
                counted.path.size(), into.of.title(), counted.message, counted.fingerprint,
                chooser.error().empty() ? "" : "; ", chooser.error());
    }

    void add_finding(const recorded_run &again, std::uint64_t count, scenario_search &into)
    {
        const trace &recorded = again.what;
        std::uint64_t fingerprint = again.result.fingerprint;
        auto same =
            std::ranges::find(into.findings, fingerprint, [](const finding &f) { return f.verdict.fingerprint; });
        if (same != into.findings.end()) {
            same->count += count;
            return;
        }
        const char *documented = documented_trace(options.core.c_str(), fingerprint);
        finding found;
        found.of = into.of;
        found.verdict = recorded.verdict;
        found.count = count;
        found.documented = documented != nullptr;
        found.accepted = found.documented && !options.strict;
        found.trace = found.accepted ? documented : write_finding(recorded);
        into.findings.push_back(found);
        listener.found(found, recorded);
    }

    std::string write_finding(const trace &recorded)
    {
        std::string path = paths.next(recorded);
        std::string error = write_trace(recorded, path);
        if (result.error.empty())
            result.error = error;
        return error.empty() ? path : "";
    }

    const verify_options &options;
    const verify_listener &listener;
    const steady_clock::time_point started = steady_clock::now();
    trace_paths paths{options.out};
    verification result;
};

} // namespace

bool scenario_search::any_new() const
{
    return std::ranges::any_of(findings, [](const finding &found) { return !found.accepted; });
}

bool verification::complete() const
{
    return interrupted == 0 && error.empty() && nondeterminism.empty() &&
           std::ranges::all_of(searches, &scenario_search::complete);
}

bool verification::any_new() const
{
    return std::ranges::any_of(searches, &scenario_search::any_new);
}

search_counts verification::sums() const
{
    search_counts sums;
    for (const scenario_search &each : searches) {
        const search_counts &counts = each.result.counts;
        sums.states += counts.states;
        sums.transitions += counts.transitions;
        sums.revisits += counts.revisits;
        sums.ends += counts.ends;
        sums.stalled += counts.stalled;
        sums.depth = std::max(sums.depth, counts.depth);
        sums.visited_bytes = std::max(sums.visited_bytes, counts.visited_bytes);
        sums.path_bytes = std::max(sums.path_bytes, counts.path_bytes);
        sums.checks.differ_on_stacks += counts.checks.differ_on_stacks;
        sums.checks.behaved_alike += counts.checks.behaved_alike;
        sums.checks.commuted += counts.checks.commuted;
        sums.walks += counts.walks;
    }
    return sums;
}

verification verify(const verify_options &options, const verify_listener &listener)
{
    return verifier(options, listener).run();
}

} // namespace interfuse
