// Comparing searches.
#include "checker/trials/search_check.hpp"

#include <fmt/format.h>

namespace interfuse {

namespace {

constexpr std::size_t searches_of_each = 6;

trial trial_of(const searched_subject &what, std::vector<std::string> more)
{
    trial next{what.core, {what.scenario, "--watch", "memory"}, "verify"};
    if (!what.set.empty())
        next.arguments.insert(next.arguments.end(), {"--set", what.set});
    next.arguments.insert(next.arguments.end(), more.begin(), more.end());
    return next;
}

} // namespace

const std::vector<searched_subject> &searched_subjects()
{
    static const std::vector<searched_subject> subjects = {
        {"repaired", "one-request", ""},        {"repaired", "mix", "killers=1"},
        {"repaired", "mix", "aborters=1"},      {"repaired", "mounting", ""},
        {"repaired", "fault-in-reply", ""},     {"repaired", "unconnected-device", ""},
        {"repaired", "one-request", "requesters=2"},
        {"used_after_put", "one-request", ""}, // only the watcher of memory sees what goes wrong there
        {"linux-2.6.17", "mix", "killers=1"},   {"linux-2.6.17", "mix", "aborters=1"},
        {"linux-2.6.17", "fault-in-reply", ""},
    };
    return subjects;
}

std::vector<std::string> search_check::differences() const
{
    std::vector<std::string> sentences;
    if (without.states != sleep.states)
        sentences.push_back(fmt::format("sleep sets visit {} states, not {}", sleep.states, without.states));
    struct way {
        const char *name;
        const search_summary &found;
    };
    for (const way &each : {way{"sleep sets", sleep}, way{"local steps", local}, way{"persistent sets", persistent}, way{"fine points", fine}}) {
        if (each.found.ends != without.ends)
            sentences.push_back(
                fmt::format("with {} there are {} ends, not {}", each.name, each.found.ends, without.ends));
        if (each.found.fingerprints != without.fingerprints)
            sentences.push_back(fmt::format("with {} other things are found", each.name));
    }
    // Exchanging tasks that are alike makes one end of several.
    if (in_order.ends > local.ends || (in_order.ends == 0) != (local.ends == 0) || in_order.states > local.states)
        sentences.push_back(fmt::format("with those that are alike in order there are {} states and {} ends, not at most {} and {}",
                                        in_order.states, in_order.ends, local.states, local.ends));
    if (in_order.fingerprints != without.fingerprints)
        sentences.push_back("with those that are alike in order other things are found");
    return sentences;
}

std::vector<search_check> check_searches(const std::vector<searched_subject> &subjects, unsigned jobs,
                                         std::uint64_t walks,
                                         const std::function<void(const std::string &core)> &progress)
{
    std::string share = std::to_string(walks / subjects.size() + (walks % subjects.size() != 0));
    std::vector<trial> trials;
    for (const searched_subject &what : subjects) {
        trials.push_back(trial_of(what, {"--reduce", "none", "--self-check"}));
        trials.push_back(trial_of(what, {"--reduce", "sleep", "--self-check"}));
        trials.push_back(trial_of(what, {"--reduce", "local", "--any-order", "--self-check", "--walks", share}));
        trials.push_back(trial_of(what, {"--reduce", "persistent", "--any-order", "--self-check"}));
        trials.push_back(trial_of(what, {"--reduce", "local", "--self-check"}));
        trials.push_back(trial_of(what, {"--reduce", "sleep", "--points", "fine", "--self-check"}));
    }
    scratch_folder scratch;
    std::vector<trial_result> results = run_trials(
        trials, jobs, scratch, [&](std::size_t index, const trial_result &) { progress(trials[index].core); });
    std::vector<search_check> checks;
    for (std::size_t i = 0; i < subjects.size(); ++i) {
        search_check next{.what = subjects[i]};
        search_summary *of[searches_of_each] = {&next.without, &next.sleep, &next.local, &next.persistent, &next.in_order, &next.fine};
        for (std::size_t way = 0; way < searches_of_each; ++way) {
            const trial_result &each = results[i * searches_of_each + way];
            *of[way] = each.search;
            if (next.error.empty())
                next.error = each.error;
            if (next.error.empty() && each.over && !each.search.complete)
                next.error = "a search was not complete";
        }
        checks.push_back(next);
    }
    return checks;
}

} // namespace interfuse
