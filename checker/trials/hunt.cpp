// Hunting mutants.
#include "checker/trials/hunt.hpp"

#include <algorithm>
#include <sstream>

#include <fmt/format.h>

#include "checker/trace/trace_file.hpp"
#include "checker/trials/trial.hpp"

namespace interfuse {

namespace {

// The first finding that a checker made which the patch names; else the first of all.
const reported_finding *best_finding(const std::vector<reported_finding> &findings,
                                     const std::vector<std::string> &expected)
{
    for (const reported_finding &found : findings)
        if (std::ranges::find(expected, found.invariant) != expected.end())
            return &found;
    return findings.empty() ? nullptr : &findings.front();
}

class hunter {
public:
    hunter(const std::vector<core_description> &cores, const hunt_options &options) : options(options)
    {
        for (const core_description &core : cores) {
            hunted next;
            next.what = core;
            next.arguments = options.verify && !core.searched_in.empty() ? core.searched_in : core.shown_in;
            results.push_back(next);
        }
    }

    std::vector<hunted> run(const std::function<void(const std::string &)> &progress)
    {
        scratch_folder first, second;
        // Where nothing says which scenario shows it, a few runs of each find most mutants sooner than many of one.
        if (!options.verify)
            search(first, std::min(options.runs, few_runs),
                   [](const hunted &each) { return each.arguments.empty(); });
        for (hunted &each : results)
            if (each.found)
                progress(each.what.name);
            else
                each.runs = 0;
        search(
            second, options.runs, [](const hunted &each) { return !each.found; }, progress);
        for (hunted &each : results)
            keep_trace(each);
        return std::move(results);
    }

private:
    static constexpr std::uint64_t few_runs = 2'000;

    // Searches for those that are wanted, with each seed.
    void search(
        const scratch_folder &scratch, std::uint64_t runs, bool (*wanted)(const hunted &),
        const std::function<void(const std::string &)> &progress = [](const std::string &) {})
    {
        std::vector<trial> trials;
        std::vector<hunted *> of;
        for (hunted &each : results) {
            unsigned searches = options.verify ? 1 : options.seeds;
            for (unsigned i = 0; wanted(each) && i < searches; ++i) {
                trials.push_back(trial_of(each, options.seed + i, runs));
                of.push_back(&each);
            }
        }
        auto ended = [&](std::size_t index, const trial_result &) { progress(trials[index].core); };
        std::vector<trial_result> all = run_trials(trials, options.jobs, scratch, ended);
        for (std::size_t i = 0; i < all.size(); ++i)
            judge(all[i], *of[i]);
    }

    trial trial_of(const hunted &mutant, std::uint64_t seed, std::uint64_t runs) const
    {
        trial next{mutant.what.name, words_in(mutant.arguments)};
        if (options.verify) {
            next.verb = "verify";
            next.arguments.insert(next.arguments.end(),
                                  {"--first", "--watch", "memory", "--max-time", fmt::format("{}", options.seconds)});
            return next;
        }
        for (const std::string &word : {std::string("--seed"), std::to_string(seed), std::string("--runs"),
                                        std::to_string(runs), std::string("--max-time"),
                                        fmt::format("{}", options.seconds), std::string("--watch"), std::string("all")})
            next.arguments.push_back(word);
        return next;
    }

    void judge(const trial_result &tried, hunted &into) const
    {
        if (!tried.error.empty())
            into.error = tried.error;
        if (!tried.over || !into.error.empty())
            return;
        std::vector<std::string> wanted = checkers_in(into.what.found_by);
        std::uint64_t runs = options.verify ? tried.search.states : tried.report.runs;
        const reported_finding *found =
            best_finding(options.verify ? tried.search.findings : tried.report.findings, wanted);
        if (found == nullptr) {
            if (!into.found) {
                into.runs += runs;
                into.seconds += tried.seconds;
            }
            return;
        }
        bool expected = wanted.empty() || std::ranges::find(wanted, found->invariant) != wanted.end();
        std::size_t steps = found->trace.empty() ? 0 : read_trace(found->trace).what.steps.size();
        if (into.found && std::pair(!into.expected, into.steps) <= std::pair(!expected, steps))
            return;
        into.found = *found;
        into.expected = expected;
        into.steps = steps;
        into.runs = found->trace.empty() ? 0 : options.verify ? runs : found->first_run + 1;
        into.seconds = tried.seconds;
    }

    // From the scratch folder to where the traces go.
    void keep_trace(hunted &each)
    {
        if (!each.found || each.found->trace.empty())
            return;
        std::string from = std::move(each.found->trace);
        each.found->trace.clear();
        if (options.out.empty())
            return;
        std::string to = fmt::format("{}/{}.json", options.out, each.what.name);
        trace_result recorded = read_trace(from);
        each.error = recorded.error.empty() ? write_trace(recorded.what, to) : recorded.error;
        if (each.error.empty())
            each.found->trace = to;
    }

    const hunt_options &options;
    std::vector<hunted> results;
};

} // namespace

std::vector<std::string> checkers_in(const std::string &list)
{
    std::vector<std::string> names;
    std::istringstream from(list);
    for (std::string name; std::getline(from >> std::ws, name, ',');)
        names.push_back(name.substr(0, name.find_last_not_of(' ') + 1));
    return names;
}

std::vector<std::string> words_in(const std::string &arguments)
{
    std::vector<std::string> words;
    std::istringstream from(arguments);
    for (std::string word; from >> word;)
        words.push_back(word);
    return words;
}

std::vector<hunted> hunt(const std::vector<core_description> &cores, const hunt_options &options,
                         const std::function<void(const std::string &core)> &progress)
{
    return hunter(cores, options).run(progress);
}

} // namespace interfuse
