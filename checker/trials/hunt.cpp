// Hunting mutants.
#include "checker/trials/hunt.hpp"

#include <algorithm>
#include <list>
#include <sstream>

#include <fmt/format.h>

#include "checker/coverage/parameter_sets.hpp"
#include "checker/search/explore.hpp"
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
        auto nobody_to_tell = [](const std::string &) {};
        // Where nothing says which scenario shows it, a few runs of each find most mutants sooner than many of one, the rest
        // in others than the presets; and a search soon comes by most of them in one order of the tasks or another.
        if (options.verify)
            for (std::uint64_t order = 0; order < few_orders; ++order)
                search({.seed = order, .seconds = std::min(options.seconds, few_seconds), .until_expected = true},
                       nobody_to_tell);
        else
            for (bool varied : {false, true})
                search({.seed = options.seed,
                        .searches = options.seeds,
                        .runs = std::min(options.runs, varied ? few_varied_runs : few_runs),
                        .seconds = options.seconds,
                        .known_place = false,
                        .varied = varied},
                       nobody_to_tell);
        for (hunted &each : results)
            if (each.found)
                progress(each.what.name);
            else
                each.runs = 0;
        search({.seed = options.verify ? 0 : options.seed,
                .searches = options.verify ? 1 : options.seeds,
                .runs = options.runs,
                .seconds = options.seconds},
               progress);
        for (hunted &each : results)
            keep_trace(each);
        return std::move(results);
    }

private:
    static constexpr std::uint64_t few_runs = 2'000;
    static constexpr std::uint64_t few_varied_runs = 200; // with each set of parameters, of which there are many
    static constexpr std::uint64_t few_orders = 8;
    static constexpr double few_seconds = 3;
    // A sample in which the repaired core reaches the goals of a scenario, and which others need not wait long for.
    static constexpr std::uint64_t goal_runs = 20'000;

    // Where the patch names both. Without a scenario a sample would have to be large enough for the goals of all.
    static bool seeks_goal(const hunted &mutant)
    {
        std::vector<std::string> wanted = checkers_in(mutant.what.found_by);
        return !mutant.arguments.empty() && std::ranges::find(wanted, missed_goal) != wanted.end();
    }

    struct round {
        std::uint64_t seed;
        unsigned searches = 1; // of each, with the seeds that follow
        std::uint64_t runs = 0;
        double seconds = 0;
        bool known_place = true;     // also those of which it is known where they show
        bool varied = false;         // with other parameters than the presets
        bool until_expected = false; // also those that other checkers have found than the patch names
    };

    bool is_wanted(const hunted &each, const round &in) const
    {
        bool missing = !each.found || (in.until_expected && !each.expected);
        return missing && (in.known_place || each.arguments.empty());
    }

    // Searches for those that are not found yet, with each seed.
    void search(const round &how, const std::function<void(const std::string &)> &progress)
    {
        std::vector<trial> trials;
        std::vector<hunted *> of;
        for (hunted &each : results)
            for (unsigned i = 0; is_wanted(each, how) && i < how.searches; ++i) {
                trials.push_back(trial_of(each, how, i));
                of.push_back(&each);
            }
        auto ended = [&](std::size_t index, const trial_result &) { progress(trials[index].core); };
        std::vector<trial_result> all = run_trials(trials, options.jobs, scratch.emplace_back(), ended);
        for (std::size_t i = 0; i < all.size(); ++i)
            judge(all[i], *of[i]);
    }

    trial trial_of(const hunted &mutant, const round &how, unsigned number) const
    {
        static const std::vector<std::string> varied = varied_scenarios();
        trial next{mutant.what.name, how.varied ? varied : words_in(mutant.arguments)};
        auto add = [&](std::initializer_list<std::string> words) {
            next.arguments.insert(next.arguments.end(), words);
        };
        add({"--seed", std::to_string(how.seed + number), "--max-time", fmt::format("{}", how.seconds)});
        if (options.verify) {
            next.verb = "verify";
            add({"--first", "--watch", "memory"});
        } else {
            bool goals = seeks_goal(mutant);
            add({"--runs", std::to_string(goals ? std::min(how.runs, goal_runs) : how.runs), "--watch", "all"});
            if (goals)
                add({"--goals"});
        }
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
        trace recorded = found->trace.empty() ? trace{} : read_trace(found->trace).what;
        std::size_t steps = recorded.steps.size();
        if (into.found && std::pair(!into.expected, into.steps) <= std::pair(!expected, steps))
            return;
        into.found = *found;
        into.expected = expected;
        into.steps = steps;
        into.runs = runs_of(*found, recorded, runs);
        into.scout = options.verify ? tried.search.scout : 0;
        into.seconds = tried.seconds;
    }

    std::uint64_t runs_of(const reported_finding &found, const trace &recorded, std::uint64_t all) const
    {
        if (found.invariant == missed_goal)
            return all;
        if (is_of_setup(recorded))
            return 0;
        return options.verify ? all : found.first_run + 1;
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
    std::list<scratch_folder> scratch; // traces of what was found lie in there until they are kept
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
