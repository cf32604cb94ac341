// Reports of searches over states.
#include "checker/report_verify.hpp"

#include <filesystem>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/report.hpp"
#include "checker/report_parts_json.hpp"

namespace interfuse {

namespace {

std::uint64_t per_second(std::uint64_t count, std::chrono::nanoseconds time)
{
    auto microseconds = static_cast<std::uint64_t>(time.count() / 1000);
    return microseconds == 0 ? 0 : count * 1'000'000 / microseconds;
}

std::string ending_of(const scenario_search &search)
{
    const searched &result = search.result;
    if (result.interrupted != 0)
        return "incomplete: interrupted";
    if (!result.bound.empty())
        return fmt::format("incomplete: {}", result.bound);
    return "complete";
}

double bytes_a_state(const search_counts &counts)
{
    return counts.states == 0 ? 0.0 : static_cast<double>(counts.visited_bytes) / static_cast<double>(counts.states);
}

std::string known_text(const verification &result)
{
    std::string text;
    for (const scenario_search &search : result.searches)
        for (const finding &found : search.findings)
            if (found.accepted)
                text += fmt::format("known in {}: {}\n    {}\n", found.of.title(), sentence_of(found), found.trace);
    return text;
}

// Of its findings, without folders.
std::string names_of_traces(const scenario_search &search)
{
    std::vector<std::string> names;
    for (const finding &found : search.findings)
        names.push_back(std::filesystem::path(found.trace).stem().string());
    return fmt::format("{}", fmt::join(names, ", "));
}

// An error stops everything, whatever had been seen by then.
const char *ending_of(const verification &result)
{
    if (!result.error.empty())
        return "stopped by an error";
    return result.complete() ? "complete" : "incomplete";
}

std::string conclusion(const verification &result)
{
    std::uint64_t fresh = 0;
    std::uint64_t known = 0;
    for (const scenario_search &search : result.searches)
        for (const finding &found : search.findings)
            ++(found.accepted ? known : fresh);
    std::string text = fresh == 0 ? "nothing new violated" : counted(fresh, "violation");
    return known == 0 ? text : fmt::format("{}, {} known", text, known);
}

} // namespace

std::string_view verdict_of(const verification &result)
{
    if (result.any_new() || !result.nondeterminism.empty())
        return "violation";
    if (!result.complete())
        return "incomplete";
    for (const scenario_search &search : result.searches)
        if (!search.findings.empty())
            return "known";
    return "clean";
}

std::string search_line(const scenario_search &search)
{
    const search_counts &counts = search.result.counts;
    if (counts.scout > 0)
        return fmt::format("{}: {}; {:.1f} s\n", search.of.title(), ending_of(search), seconds_of(search.result.took));
    std::string text =
        fmt::format("{}: {}: {}, {}, depth {}, {}; {} {}, {:.1f} s, {} states/s, {:.1f} bytes a state\n",
                    search.of.title(), ending_of(search), counted(counts.states, "state"),
                    counted(counts.transitions, "transition"), counts.depth, counted(counts.ends, "end"),
                    grouped(counts.passes), counts.passes == 1 ? "pass" : "passes", seconds_of(search.result.took),
                    grouped(per_second(counts.states_of_all_passes, search.result.took)), bytes_a_state(counts));
    if (counts.skims && !search.complete())
        text += "    the last pass only skimmed: of states in which everybody stands at the same places it goes on from a few\n";
    if (counts.passes > 1 && !search.complete())
        text += fmt::format("    these are of the last pass; all passes have seen {}\n", counted(counts.states_of_all_passes, "state"));
    if (counts.stalled > 0)
        text += fmt::format("    {} {} stalled, as the scenario expects\n", counted(counts.stalled, "end"), counts.stalled == 1 ? "is" : "are");
    if (counts.passed > 0)
        text += fmt::format("    {} more {} passed through and not kept, as one task went on alone\n", counted(counts.passed, "state"),
                            counts.passed == 1 ? "was" : "were");
    if (counts.in_order > 0)
        text += fmt::format("    {} did not begin before another one that {} in nothing but {}\n", counted(counts.in_order, "task"),
                            counts.in_order == 1 ? "it differs from" : "they differ from",
                            counts.in_order == 1 ? "its number" : "their numbers");
    if (counts.race_steps > 0)
        text += fmt::format("    races were looked for in each state, by {} further steps\n",
                            grouped(counts.race_steps));
    if (counts.components)
        text += fmt::format("    {} of states in which somebody can go round for ever, fairly or not\n",
                            counted(*counts.components, "circle"));
    for (const std::string &each : search.unconfirmed)
        text += fmt::format("    not confirmed: {}\n", each);
    if (counts.checks.behaved_alike + counts.checks.commuted > 0)
        text += fmt::format("    {} times a state was met again and behaved alike; {} pairs of steps commuted; {} from "
                            "an earlier one in nothing but data on stacks\n",
                            grouped(counts.checks.behaved_alike), grouped(counts.checks.commuted),
                            counted(counts.checks.differ_on_stacks, "state") + (counts.checks.differ_on_stacks == 1 ? " differs" : " differ"));
    if (counts.walks > 0)
        text += fmt::format("    {} random walks stayed inside\n", grouped(counts.walks));
    return text;
}

std::string verify_text(const verify_options &options, const verification &result)
{
    search_counts sums = result.sums();
    std::string text = known_text(result);
    for (std::size_t i = result.searches.size(); i < options.scenarios.size(); ++i)
        text += fmt::format("{}: not begun\n", options.scenarios[i].title());
    std::string doubt;
    if (sums.states > 1)
        doubt = fmt::format("; two states had the same hash with a probability of at most {:.1e}",
                            collision_probability(sums.states, options.wide));
    text += fmt::format("core {}, {} points: {}; {}: {}, {}, {:.1f} seconds{}\n", options.core, name_of(options.points),
                        conclusion(result), ending_of(result), counted(sums.states, "state"),
                        counted(sums.transitions, "transition"), seconds_of(result.took), doubt);
    return text;
}

std::string verify_table(const verify_options &options, const verification &result)
{
    std::string text =
        "| scenario | core | points | states | transitions | depth | passes | time | bytes a state | verdict |\n"
        "|---|---|---|---:|---:|---:|---:|---:|---:|---|\n";
    for (const scenario_search &search : result.searches) {
        const search_counts &counts = search.result.counts;
        std::string verdict = ending_of(search);
        if (!search.findings.empty())
            verdict += fmt::format(", {}{}: {}", search.any_new() ? "violated, " : "", counted(search.findings.size(), "finding"),
                                   names_of_traces(search));
        text += fmt::format("| {} | {} | {} | {} | {} | {} | {} | {:.1f} s | {:.1f} | {} |\n", search.of.title(),
                            options.core, name_of(options.points), grouped(counts.states),
                            grouped(counts.transitions), grouped(counts.depth), counts.passes,
                            seconds_of(search.result.took), bytes_a_state(counts), verdict);
    }
    return text;
}

} // namespace interfuse
