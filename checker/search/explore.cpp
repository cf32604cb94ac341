// Sampling scenarios until a bound is reached.
#include "checker/search/explore.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include "checker/search/interruption.hpp"
#include "checker/search/known.hpp"
#include "checker/search/lock_cycle.hpp"
#include "checker/search/trace_paths.hpp"
#include "checker/trace/recording.hpp"
#include "checker/trace/trace_file.hpp"

namespace interfuse {

namespace {

using std::chrono::steady_clock;

// How many ordinals of a shard have run numbers below `runs`.
std::uint64_t ordinals_below(std::uint64_t runs, const shard &part)
{
    return runs > part.index ? (runs - part.index - 1) / part.count + 1 : 0;
}

class explorer {
public:
    explorer(const explore_options &options, const explore_listener &listener) : options(options), listener(listener)
    {
        for (const chosen_scenario &chosen : options.scenarios)
            result.samples.push_back({.of = chosen, .sums = {}, .findings = {}});
        if (options.runs)
            end = ordinals_below(*options.runs, options.part);
        if (options.time_max)
            deadline = started + *options.time_max;
    }

    exploration run()
    {
        while (!is_over()) {
            for (scenario_sample &sample : result.samples) {
                if (!sample.over && !is_over())
                    take_turn(sample);
            }
        }
        report_lock_cycle();
        report_missed_goals();
        result.interrupted = interruption();
        result.time_up = options.runs && !all_over() && steady_clock::now() >= deadline;
        result.took = steady_clock::now() - started;
        return std::move(result);
    }

private:
    bool all_over() const
    {
        return std::all_of(result.samples.begin(), result.samples.end(), [](auto &sample) { return sample.over; });
    }

    bool is_over() const
    {
        return all_over() || interruption() != 0 || !result.error.empty() || !result.nondeterminism.empty() ||
               steady_clock::now() >= deadline;
    }

    // Turns are short enough for each scenario to have several, and long enough to make booting it cheap.
    steady_clock::time_point turn_end() const
    {
        if (!options.time_max)
            return deadline;
        steady_clock::duration share = *options.time_max / (4 * result.samples.size());
        return std::min(deadline,
                        steady_clock::now() + std::min<steady_clock::duration>(share, std::chrono::seconds(1)));
    }

    void take_turn(scenario_sample &sample)
    {
        run_setup how = {sample.of.which, sample.of.parameters, options.points, options.checks, options.limits,
                         options.watch,   options.without};
        try {
            runner on(how);
            sample_on(on, sample);
        } catch (const std::runtime_error &broken_setup) {
            add_broken_setup(sample, how, broken_setup.what());
        }
    }

    // There is no run: the scenario cannot even be set up on this core, whatever the seed.
    void add_broken_setup(scenario_sample &sample, const run_setup &how, const char *sentence)
    {
        trace recorded = record_broken_setup(how).what;
        recorded.core = options.core;
        recorded.strategy = options.strategy->name;
        recorded.seed = options.seed;
        finding found;
        found.of = sample.of;
        found.verdict = recorded.verdict;
        found.verdict.message = sentence;
        found.count = 1;
        found.trace = write_finding(recorded);
        sample.findings.push_back(found);
        sample.over = true;
        listener.found(found, recorded);
    }

    void sample_on(runner &on, scenario_sample &into)
    {
        sampling how{.strategy = options.strategy,
                     .seed = options.seed,
                     .part = options.part,
                     .first = into.next,
                     .end = end,
                     .deadline = turn_end(),
                     .jobs = options.jobs};
        if (!options.keep_going)
            how.stops = [&](std::uint64_t fingerprint) { return !is_accepted(fingerprint); };
        how.progress = [&](const tally &so_far) { listener.progress(into, so_far); };
        auto turn_started = steady_clock::now();
        sampled more = sample(on, how);
        into.took += steady_clock::now() - turn_started;
        into.next = more.next;
        into.over = more.stopped || more.next >= end;
        into.sums.fold(more.sums);
        note_error(more.error);
        describe_findings(on, into);
    }

    bool is_accepted(std::uint64_t fingerprint) const
    {
        return !options.strict && documented_trace(options.core.c_str(), fingerprint) != nullptr;
    }

    // A finding is described from a second, recorded run, which has to come out the same.
    void describe_findings(runner &on, scenario_sample &sample)
    {
        std::span<const finding_count> listed = sample.sums.listed();
        for (std::size_t i = 0; i < sample.findings.size(); ++i)
            sample.findings[i].count = listed[i].count;
        for (std::size_t i = sample.findings.size(); i < listed.size(); ++i)
            describe(on, listed[i], sample);
    }

    void describe(runner &on, const finding_count &counted, scenario_sample &sample)
    {
        auto chooser = options.strategy->make(options.seed);
        recorded_run again = record_run(on, *chooser, counted.first_run);
        trace &recorded = again.what;
        recorded.core = options.core;
        recorded.strategy = options.strategy->name;
        recorded.seed = options.seed;
        finding found;
        found.of = sample.of;
        found.verdict = recorded.verdict;
        found.count = counted.count;
        found.first_run = counted.first_run;
        const char *documented = documented_trace(options.core.c_str(), counted.fingerprint);
        found.documented = documented != nullptr;
        found.accepted = is_accepted(counted.fingerprint);
        if (again.result.fingerprint != counted.fingerprint)
            result.nondeterminism =
                fmt::format("run {} of scenario {} ended with fingerprint {:016x} and, run again, with {:016x}",
                            counted.first_run, sample.of.title(), counted.fingerprint, again.result.fingerprint);
        found.trace = found.accepted ? documented : write_finding(recorded);
        sample.findings.push_back(found);
        listener.found(found, recorded);
    }

    // Runs the first run that showed an order once more, for its places.
    std::string text_of(const seen_order &order, trace &recorded)
    {
        const chosen_scenario &of = result.samples[order.scenario].of;
        runner on({of.which, of.parameters, options.points, options.checks, options.limits, options.watch});
        recorded = record_run(on, *options.strategy->make(options.seed), order.run).what;
        recorded.core = options.core;
        recorded.strategy = options.strategy->name;
        recorded.seed = options.seed;
        return fmt::format("in run {} of {} {}", order.run, of.title(), sim::text_of_lock_edge(order.edge));
    }

    // A circle within one run has ended that run with a finding of its own, which names the classes.
    bool is_reported(const std::vector<seen_order> &chain) const
    {
        std::set<std::uint64_t> classes;
        for (const seen_order &order : chain)
            classes.insert(order.edge.before);
        auto is_same = [&](const finding &f) {
            std::set<std::uint64_t> of_run;
            for (std::string_view rest = f.verdict.caller, separator = ", "; !rest.empty();) {
                std::string_view name = rest.substr(0, rest.find(separator));
                of_run.insert(XXH3_64bits(name.data(), name.size()));
                rest.remove_prefix(std::min(rest.size(), name.size() + separator.size()));
            }
            return f.verdict.invariant == "lock_order" && of_run == classes;
        };
        return std::ranges::any_of(result.samples, [&](const scenario_sample &sample) {
            return std::ranges::any_of(sample.findings, is_same);
        });
    }

    void report_lock_cycle()
    {
        std::vector<seen_order> orders;
        for (std::size_t i = 0; i < result.samples.size(); ++i)
            for (const first_order &order : result.samples[i].sums.listed_orders())
                orders.push_back({order.edge, i, order.run});
        std::vector<seen_order> chain = find_lock_cycle(orders);
        if (chain.empty() || is_reported(chain) || interruption() != 0)
            return;
        trace recorded;
        std::vector<std::string> texts;
        std::uint64_t fingerprint = 0;
        for (const seen_order &order : chain) {
            texts.push_back(text_of(order, recorded));
            fingerprint ^= XXH3_64bits(&order.edge, sizeof order.edge);
        }
        finding found;
        found.of = result.samples[chain.back().scenario].of;
        found.verdict = {sim::verdict_kind::violation, "lock_order",
                         fmt::format("{}: locks are taken in a circle, though no run deadlocked", fmt::join(texts, ", and ")),
                         {}, fingerprint, ""};
        found.accepted = is_accepted(fingerprint);
        found.documented = documented_trace(options.core.c_str(), fingerprint) != nullptr;
        found.count = 1;
        found.first_run = chain.back().run;
        recorded.verdict.fingerprint = fingerprint; // for the name of its file
        found.trace = write_finding(recorded);
        result.samples[chain.back().scenario].findings.push_back(found);
        listener.found(found, recorded);
    }

    // A search that was stopped, by a finding or from outside, says nothing about what it would have reached.
    void report_missed_goals()
    {
        if (!options.goals || interruption() != 0 || !result.error.empty())
            return;
        for (scenario_sample &sample : result.samples) {
            bool stopped = std::ranges::any_of(sample.findings, [](const finding &f) { return !f.accepted; });
            const std::vector<goal> &goals = sample.of.which->goals;
            for (std::size_t i = 0; i < goals.size() && !stopped; ++i)
                if (sample.sums.runs > 0 && sample.sums.runs_reaching[i] == 0)
                    add_missed_goal(sample, goals[i]);
        }
    }

    void add_missed_goal(scenario_sample &sample, const goal &missed)
    {
        std::string subject = fmt::format("{}|{}|{}", missed_goal, sample.of.which->name, missed.name);
        std::string message = fmt::format("none of {} runs has reached \"{}\"", sample.sums.runs, missed.name);
        if (std::uint64_t ended = sample.runs_ended_by_documented(); ended > 0)
            message += fmt::format(", {} of which documented findings have ended before", ended);
        finding found;
        found.of = sample.of;
        found.verdict = {sim::verdict_kind::violation,
                         missed_goal,
                         message,
                         {},
                         XXH3_64bits(subject.data(), subject.size()),
                         ""};
        found.count = sample.sums.runs;
        sample.findings.push_back(found);
        listener.found(found, trace{});
    }

    void note_error(std::string sentence)
    {
        if (result.error.empty())
            result.error = std::move(sentence);
    }

    // The path, or nothing if the trace could not be written.
    std::string write_finding(const trace &recorded)
    {
        if (!options.without.empty())
            return "";
        std::string path = paths.next(recorded);
        std::string error = write_trace(recorded, path);
        note_error(error);
        return error.empty() ? path : "";
    }

    const explore_options &options;
    const explore_listener &listener;
    const steady_clock::time_point started = steady_clock::now();
    steady_clock::time_point deadline = steady_clock::time_point::max();
    std::uint64_t end = std::numeric_limits<std::uint64_t>::max();
    trace_paths paths{options.out};
    exploration result;
};

} // namespace

std::uint64_t scenario_sample::runs_ended_by_documented() const
{
    std::uint64_t runs = 0;
    for (const finding &found : findings)
        runs += found.documented ? found.count : 0;
    return runs;
}

std::uint64_t exploration::digest() const
{
    std::uint64_t sum = 0;
    for (const scenario_sample &sample : samples)
        sum += sample.sums.digest;
    return sum;
}

bool exploration::any_new() const
{
    for (const scenario_sample &sample : samples) {
        for (const finding &found : sample.findings) {
            if (!found.accepted)
                return true;
        }
        if (sample.sums.findings_unlisted > 0)
            return true;
    }
    return false;
}

bool exploration::any_cut() const
{
    return std::any_of(samples.begin(), samples.end(), [](const scenario_sample &sample) {
        return sample.sums.verdicts[static_cast<unsigned>(sim::verdict_kind::step_limit)] > 0;
    });
}

exploration explore(const explore_options &options, const explore_listener &listener)
{
    return explorer(options, listener).run();
}

} // namespace interfuse
