// The self-check.
#include "checker/trials/selfcheck.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checker/invariants/invariant.hpp"
#include "checker/search/interruption.hpp"
#include "checker/trials/hunt.hpp"
#include "checker/trials/trial.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

// A core escapes when so many times the runs that found it do not find it, and at least so many.
constexpr std::uint64_t patience = 50;
constexpr std::uint64_t runs_min = 20'000;
constexpr std::uint64_t runs_of_determinism = 1'000;

std::string entry_with(const std::vector<std::string> &checks, const std::string &name)
{
    for (const std::string &entry : checks) {
        std::vector<std::string> names = checkers_in(entry);
        if (std::ranges::find(names, name) != names.end())
            return entry;
    }
    return name;
}

// The watcher that is off when a check is that cannot be turned off by its name, or null.
const watcher *watcher_of(const std::string &entry)
{
    std::vector<std::string> named = names_of_checks();
    auto found = std::ranges::find_if(all_watchers(), [&](const watcher &w) {
        std::vector<std::string> rules = checkers_in(w.rules);
        return std::ranges::find(rules, entry) != rules.end() && std::ranges::find(named, entry) == named.end();
    });
    return found != all_watchers().end() ? &*found : nullptr;
}

std::string watchers_without(const std::string &entry)
{
    const watcher *off = watcher_of(entry);
    return text_of_watch(off != nullptr ? sim::watch_all & ~off->bits : sim::watch_all);
}

class search {
public:
    search(const std::vector<std::string> &checks, const search_limits &options,
           const std::function<void(const std::string &)> &progress)
        : checks(checks), options(options), progress(progress)
    {
    }

    void find(std::vector<escape> &cores)
    {
        std::vector<trial> trials;
        for (const escape &each : cores)
            trials.push_back(trial_of(each.what, options.runs, ""));
        std::vector<trial_result> results = run(trials);
        for (std::size_t i = 0; i < cores.size(); ++i) {
            cores[i].error = results[i].error;
            cores[i].check = finder_of(results[i]);
            if (!results[i].report.findings.empty())
                cores[i].runs = results[i].report.findings.front().first_run + 1;
        }
    }

    void find_without(std::vector<escape> &cores)
    {
        std::vector<trial> trials;
        std::vector<escape *> searched;
        for (escape &each : cores) {
            if (each.check.empty())
                continue;
            std::uint64_t runs = std::min(options.runs, std::max(runs_min, each.runs * patience));
            trials.push_back(trial_of(each.what, runs, each.check));
            searched.push_back(&each);
        }
        std::vector<trial_result> results = run(trials);
        for (std::size_t i = 0; i < searched.size(); ++i) {
            searched[i]->error = results[i].error;
            searched[i]->instead = finder_of(results[i]);
            searched[i]->runs_without = results[i].report.runs;
        }
    }

    std::vector<std::string> find_indeterminate(const std::vector<std::string> &cores)
    {
        std::vector<trial> trials;
        for (const std::string &core : cores)
            for (int time = 0; time < 2; ++time)
                trials.push_back({core,
                                  {"--keep-going", "--seed", std::to_string(options.seed), "--runs",
                                   std::to_string(runs_of_determinism)}});
        std::vector<trial_result> results = run(trials);
        std::vector<std::string> different;
        for (std::size_t i = 0; i < cores.size(); ++i) {
            const report_summary &first = results[2 * i].report, &second = results[2 * i + 1].report;
            if (first.digest.empty() || first.digest != second.digest)
                different.push_back(cores[i]);
        }
        return different;
    }

private:
    trial trial_of(const core_description &core, std::uint64_t runs, const std::string &without) const
    {
        trial next{core.name, words_in(core.shown_in)};
        auto add = [&](const char *option, const std::string &value) {
            next.arguments.emplace_back(option);
            next.arguments.push_back(value);
        };
        add("--seed", std::to_string(options.seed));
        add("--runs", std::to_string(runs));
        add("--max-time", fmt::format("{}", options.seconds));
        add("--watch", watchers_without(without));
        if (watcher_of(without) == nullptr)
            for (const std::string &name : checkers_in(without))
                add("--without", name);
        return next;
    }

    std::string finder_of(const trial_result &tried) const
    {
        return tried.report.findings.empty() ? "" : entry_with(checks, tried.report.findings.front().invariant);
    }

    std::vector<trial_result> run(const std::vector<trial> &trials) const
    {
        scratch_folder scratch;
        return run_trials(trials, options.jobs, scratch,
                          [&](std::size_t index, const trial_result &) { progress(trials[index].core); });
    }

    const std::vector<std::string> &checks;
    const search_limits &options;
    const std::function<void(const std::string &)> &progress;
};

} // namespace

std::vector<std::string> selfcheck_result::needed_for(const std::string &check) const
{
    std::vector<std::string> names;
    for (const escape &each : cores)
        if (each.check == check && each.escapes())
            names.push_back(each.what.name);
    return names;
}

std::vector<std::string> selfcheck_result::not_needed() const
{
    std::vector<std::string> names;
    std::ranges::copy_if(checks, std::back_inserter(names),
                         [&](const auto &check) { return needed_for(check).empty(); });
    return names;
}

std::vector<std::string> selfcheck_result::needless_declarations() const
{
    std::vector<std::string> fields;
    for (const undeclared &each : declarations)
        if (each.runs == 0)
            fields.push_back(each.what.field);
    return fields;
}

std::string selfcheck_result::error() const
{
    for (const escape &each : cores)
        if (!each.error.empty())
            return each.error;
    for (const search_check &each : searches)
        if (!each.error.empty())
            return each.error;
    return "";
}

bool selfcheck_result::is_met() const
{
    return not_needed().empty() && needless_declarations().empty() && indeterminate.empty() &&
           std::ranges::all_of(searches, &search_check::is_met);
}

selfcheck_result run_selfcheck(const std::vector<std::string> &checks, const std::vector<core_description> &cores,
                               const std::vector<std::string> &twice, const std::vector<searched_subject> &searched,
                               std::uint64_t walks, const search_limits &options,
                               const std::function<void(const std::string &core)> &progress)
{
    selfcheck_result result;
    result.checks = checks;
    for (const core_description &core : cores) {
        escape next;
        next.what = core;
        result.cores.push_back(next);
    }
    search all(result.checks, options, progress);
    all.find(result.cores);
    all.find_without(result.cores);
    result.indeterminate = all.find_indeterminate(twice);
    for (const declaration &each : declarations())
        if (interruption() == 0)
            result.declarations.push_back(take_away(each, options.seed, std::min(options.runs, runs_min)));
    if (interruption() == 0 && !searched.empty() && walks > 0)
        result.searches = check_searches(searched, options.jobs, walks, progress);
    result.interrupted = interruption() != 0;
    return result;
}

} // namespace interfuse
