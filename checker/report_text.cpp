// The report for a person.
#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/report.hpp"

namespace interfuse {

namespace {

using sim::event_kind;

// More scenarios than these get a line each.
constexpr std::size_t in_full_max = 6;

std::uint64_t per_second(std::uint64_t count, std::chrono::nanoseconds time)
{
    auto microseconds = static_cast<std::uint64_t>(time.count() / 1000);
    return microseconds == 0 ? 0 : count * 1'000'000 / microseconds;
}

std::string verdicts_of(const tally &sums)
{
    std::vector<std::string> parts;
    for (unsigned i = 0; i < verdict_kinds; ++i) {
        auto kind = static_cast<sim::verdict_kind>(i);
        if (sums.verdicts[i] > 0)
            parts.push_back(
                fmt::format("{} {}", grouped(sums.verdicts[i]),
                            kind == sim::verdict_kind::step_limit ? "cut at the step limit" : sim::name_of(kind)));
    }
    return fmt::format("{}", fmt::join(parts, ", "));
}

// Per cent of the examined runs, so that samples of different sizes compare.
std::string share(std::uint64_t part, std::uint64_t whole)
{
    std::uint64_t tenths = part * 1000 / whole;
    return part > 0 && tenths == 0 ? "<0.1 %" : fmt::format("{}.{} %", tenths / 10, tenths % 10);
}

std::string disturbances_of(const tally &sums)
{
    struct disturbance {
        event_kind kind;
        const char *name;
    };
    static constexpr disturbance kinds[] = {
        {event_kind::page_fault, "a page fault"},
        {event_kind::bad_address, "a bad address"},
        {event_kind::alloc_failed, "a failed allocation"},
    };
    std::vector<std::string> parts;
    for (const disturbance &d : kinds) {
        std::uint64_t runs = sums.runs_with[static_cast<unsigned>(d.kind)];
        if (runs > 0)
            parts.push_back(fmt::format("{} in {}", d.name, share(runs, sums.examined)));
    }
    return parts.empty() ? "no disturbances" : fmt::format("{}", fmt::join(parts, ", "));
}

unsigned kinds_seen(const tally &sums)
{
    unsigned seen = 0;
    for (std::uint64_t runs : sums.runs_with)
        seen += runs > 0;
    return seen;
}

// Why goals may have been missed that could be reached.
std::string ended_before(const scenario_sample &sample)
{
    std::uint64_t ended = sample.runs_ended_by_documented();
    return ended == 0 ? ""
                      : fmt::format(" (documented findings have ended {} of {} before)", grouped(ended),
                                    counted(sample.sums.runs, "run"));
}

// The goals with the share of the runs that reached them, in the scenario's order, then those that none reached.
std::string goals_text(const scenario_sample &sample)
{
    std::vector<std::string> met;
    std::vector<std::string> missed;
    const std::vector<goal> &goals = sample.of.which->goals;
    for (std::size_t i = 0; i < goals.size(); ++i) {
        if (std::uint64_t runs = sample.sums.runs_reaching[i]; runs > 0)
            met.push_back(fmt::format("{} in {}", goals[i].name, share(runs, sample.sums.runs)));
        else
            missed.emplace_back(goals[i].name);
    }
    std::string text;
    if (!met.empty())
        text += fmt::format("    reached: {}\n", fmt::join(met, ", "));
    if (!missed.empty())
        text += fmt::format("    never reached: {}{}\n", fmt::join(missed, ", "), ended_before(sample));
    return text;
}

// One line for a scenario among many, and a second one for goals that were never reached.
std::string brief_text(const scenario_sample &sample, check_level checks)
{
    const tally &sums = sample.sums;
    if (sums.runs == 0)
        return fmt::format("{}: not begun\n", sample.of.title());
    std::vector<std::string> missed;
    const std::vector<goal> &goals = sample.of.which->goals;
    for (std::size_t i = 0; i < goals.size(); ++i)
        if (sums.runs_reaching[i] == 0)
            missed.emplace_back(goals[i].name);
    std::string text = fmt::format("{}: {}, {} steps a run, {}", sample.of.title(), counted(sums.runs, "run"),
                                   sums.steps / sums.runs, verdicts_of(sums));
    if (checks == check_level::end)
        return text + "\n";
    text += fmt::format("; {} of {} reached\n", goals.size() - missed.size(), counted(goals.size(), "goal"));
    if (!missed.empty())
        text += fmt::format("    never reached: {}{}\n", fmt::join(missed, "; "), ended_before(sample));
    return text;
}

std::string scenario_text(const scenario_sample &sample, check_level checks)
{
    const tally &sums = sample.sums;
    if (sums.runs == 0)
        return fmt::format("{}: not begun\n", sample.of.title());
    std::string text = fmt::format("{}: a sample of {}, {}", sample.of.title(), counted(sums.runs, "run"),
                                   counted(sums.steps, "step"));
    if (sums.examined == 0)
        return text + "\n";
    text += fmt::format(", {} runs/s; about {}\n", grouped(per_second(sums.runs, sample.took)),
                        counted(sums.schedules.estimate(), "different schedule"));
    text += fmt::format("    verdicts: {}\n", verdicts_of(sums));
    text += fmt::format("    {} choices and {} steps a run; {} of {} kinds of events; of the runs: {}\n",
                        sums.choices / sums.examined, sums.steps / sums.runs, kinds_seen(sums), sim::event_kinds,
                        disturbances_of(sums));
    if (checks == check_level::steps)
        text += goals_text(sample);
    if (sums.findings_unlisted > 0)
        text += fmt::format("    {} further runs with findings beyond the first {} different ones\n",
                            grouped(sums.findings_unlisted), tally::findings_max);
    return text;
}

// The documented findings by their fingerprints, in order of appearance: one may show in many scenarios.
std::vector<std::vector<const finding *>> known_findings(const exploration &result)
{
    std::vector<std::vector<const finding *>> known;
    for (const scenario_sample &sample : result.samples) {
        for (const finding &found : sample.findings) {
            if (!found.accepted)
                continue;
            auto same = std::ranges::find_if(known, [&](const std::vector<const finding *> &others) {
                return others.front()->verdict.fingerprint == found.verdict.fingerprint;
            });
            if (same == known.end())
                known.push_back({&found});
            else
                same->push_back(&found);
        }
    }
    return known;
}

std::string known_text(const exploration &result)
{
    std::string text;
    for (const std::vector<const finding *> &same : known_findings(result)) {
        std::uint64_t runs = 0;
        std::vector<std::string> places;
        for (const finding *found : same) {
            runs += found->count;
            places.push_back(fmt::format("{} {}", found->of.title(), grouped(found->count)));
        }
        text += fmt::format("known: {}\n    in {}: {}\n    {}\n", sentence_of(*same.front()), counted(runs, "run"),
                            fmt::join(places, ", "), same.front()->trace);
    }
    return text;
}

// Whether a field that was not needed in any run says something about the field, not about the sample.
bool is_large_sample(const exploration &result)
{
    constexpr std::uint64_t runs_enough = 1'000; // of each scenario
    return result.samples.size() == all_scenarios().size() &&
           std::ranges::all_of(result.samples, [](const scenario_sample &s) { return s.sums.runs >= runs_enough; });
}

std::string conclusion(const exploration &result)
{
    std::size_t fresh = 0;
    for (const scenario_sample &sample : result.samples)
        fresh += static_cast<std::size_t>(std::ranges::count_if(sample.findings, [](const finding &f) { return !f.accepted; }));
    std::size_t accepted = known_findings(result).size();
    std::string known = accepted == 0 ? "" : fmt::format(", {} known", accepted);
    return (fresh == 0 ? "nothing new violated" : counted(fresh, "violation")) + known;
}

} // namespace

std::string report_text(const explore_options &options, const exploration &result)
{
    std::string text;
    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    for (const scenario_sample &sample : result.samples) {
        text += result.samples.size() > in_full_max ? brief_text(sample, options.checks)
                                                    : scenario_text(sample, options.checks);
        runs += sample.sums.runs;
        steps += sample.sums.steps;
    }
    text += known_text(result);
    if (std::vector<std::string> fields = unneeded_lockless_fields(options, result);
        !fields.empty() && is_large_sample(result))
        text += fmt::format("declared lockless, and no run needed it: {}\n", fmt::join(fields, ", "));
    if (result.interrupted != 0)
        text += "interrupted; what was sampled so far:\n";
    if (result.time_up)
        text += "--max-time ended the search before all the runs of --runs\n";
    const char *unwatched = options.watch == 0 ? "; accesses not watched (see --watch)" : "";
    text += fmt::format("core {}, seed {}: {} in a sample of {}, {}, {}.{:01} seconds{}; digest {:016x}\n", options.core,
                        options.seed, conclusion(result), counted(runs, "run"), counted(steps, "step"),
                        result.took.count() / 1'000'000'000, result.took.count() / 100'000'000 % 10, unwatched,
                        result.digest());
    return text;
}

} // namespace interfuse
