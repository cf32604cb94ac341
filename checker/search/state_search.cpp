// Every state of a scenario.
#include "checker/search/state_search.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "checker/search/breadth_first.hpp"
#include "checker/search/end.hpp"
#include "checker/search/interruption.hpp"
#include "checker/search/random_walks.hpp"
#include "checker/search/search_workers.hpp"
#include "checker/search/walk_check.hpp"
#include "sim/fault.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

using std::chrono::steady_clock;

// Several where processes share the set, so that they seldom wait for each other; but of a megabyte at least.
unsigned parts_of_visited_set(const search_bounds &bounds)
{
    constexpr std::size_t a_process = 32, most = 1024;
    if (bounds.jobs == 1)
        return 1;
    return static_cast<unsigned>(std::clamp(bounds.memory_max >> 20, std::size_t{2}, std::min(a_process * bounds.jobs, most)));
}

// Searches again and again, until what tasks touch was known when the last search began.
class searcher {
public:
    searcher(runner &on, const search_bounds &bounds,
             const std::function<void(const search_counts &)> &progress)
        : on(on), bounds(bounds), progress(progress), sets(bounds.reduce == reduction::local_steps)
    {
    }

    searched run()
    {
        on.begin_search(script);
        // To look for races, each access of a step is listed.
        way.emplace(bounds.wide, bounds.races ? nullptr : &script);
        way->limit_memory(std::min(bounds.memory_of_steps, bounds.memory_max / 8 / bounds.jobs));
        if (bounds.self_check)
            way->check_memory();
        if (!scout())
            search_all();
        on.end_search();
        return summed_up();
    }

private:
    static constexpr std::uint64_t steps_of_walks_least = 10'000, steps_of_walks_most = 5'000'000;

    bool is_through() const { return last.bound.empty() && last.interrupted == 0 && last.error.empty(); }

    // Random walks, up to the first that meets a finding: there are findings that they meet soon and a search, which tries the
    // last steps of a path first, late. Whether one has.
    bool scout()
    {
        random_walker walker(script, *way, chance);
        for (std::uint64_t number = 1; number <= bounds.scouts && last.findings.empty(); ++number) {
            if (interruption() != 0 || steady_clock::now() >= bounds.deadline)
                break;
            std::vector<search_step> path;
            walker.walk([&](unsigned task, std::uint64_t, bool continues) {
                path.push_back({task, script.answers});
                if (continues && way->enabled() != 0)
                    return true;
                sim::verdict found = continues ? verdict_of_end(on, *way) : *sim::the_run.outcome;
                if (found.is_finding()) {
                    last.findings.push_back({found.message, fingerprint_of(found), 1, path, {}});
                    last.bound = fmt::format("{}, on random walk {} before the search", bound_by_finding, number);
                    last.counts.scout = number;
                }
                return false;
            });
        }
        return !last.findings.empty();
    }

    // No pass begins when it would stop at once: the counts are then those of the one before.
    bool is_too_late()
    {
        last.interrupted = std::max(last.interrupted, interruption());
        bool is_late = steady_clock::now() >= bounds.deadline;
        if (last.interrupted == 0 && is_late)
            last.bound = bound_of_time;
        return last.interrupted != 0 || is_late;
    }

    void search_all()
    {
        walk(steps_of_walks_least);
        if (uses_persistent_sets(bounds.reduce))
            search_in_parts();
        else
            do
                search_once(bounds);
            while (is_through() && has_learnt() && !is_too_late());
        if (is_through())
            last.counts.walks = walk_inside(on, bounds, script, *way, sets, *visited, last.findings);
        if (last.counts.walks < bounds.walks && is_through())
            is_too_late();
        sim::require(!bounds.self_check || !is_through() || found.size() == last.findings.size(),
                     "a search has seen every state, and not met what an earlier pass of it has found");
    }

    enum class ending : std::uint8_t { complete, cut, stopped };

    // What the sets go by when the last pass begins decides which states are left out. One process alone learns that, in a part of
    // the search and by skimming it, so it does not depend on how many there are, unless a pass of several ends with a lesson.
    void search_in_parts()
    {
        search_bounds part = bounds;
        part.jobs = 1;
        part.states_max = std::min(bounds.states_max, bounds.first_part);
        if (settle(part) != ending::cut)
            return;
        part.states_max = std::clamp(bounds.states_max / 3, bounds.first_part, std::max(bounds.first_part, bounds.skimmed_part));
        part.memory_max = bounds.memory_max / 3;
        if (auto now = steady_clock::now(); bounds.deadline != steady_clock::time_point::max() && now < bounds.deadline)
            part.deadline = now + (bounds.deadline - now) / 3;
        part.skims = true;
        if (settle(part) == ending::cut)
            settle(bounds);
    }

    // Passes through that part of the search, until one has met nothing that speaks against the sets. After each other one,
    // random walks take a quarter as many steps, or as many if it was short, up to five million: depth first comes late to what departs
    // early from the first path.
    ending settle(const search_bounds &part)
    {
        while (passes == 0 || !is_too_late()) {
            search_once(part);
            bool again = last.bound == bound_by_lesson && last.interrupted == 0 && last.error.empty();
            bool cut = (last.bound == bound_of_states && (part.skims || part.states_max < bounds.states_max)) ||
                       (part.skims && (is_through() || last.bound == bound_of_memory || last.bound == bound_of_time));
            if (!again && !cut && !is_through())
                return ending::stopped;
            bool is_out_of_time = part.skims && steady_clock::now() >= part.deadline;
            if (is_out_of_time || (!again && last.counts.mended == 0 && !has_learnt())) {
                sim::require(!is_through() || part.skims || last.counts.checks.doubted == 0,
                             "a search has met nothing against its persistent sets, and two steps that they take to be independent "
                             "lead to different states in either order");
                return cut || is_out_of_time ? ending::cut : ending::complete;
            }
            walk(std::clamp(last.counts.states / 4, std::min(last.counts.states, bounds.first_part), steps_of_walks_most));
        }
        return ending::stopped;
    }

    void walk(std::uint64_t steps)
    {
        if (bounds.reduce != reduction::none)
            learn_from_random_walks(script, *way, uses_persistent_sets(bounds.reduce) ? &sets : nullptr, chance,
                                    steps, std::max(2 * steps, steps_of_walks_least), bounds.deadline);
    }

    bool has_learnt()
    {
        if (bounds.reduce == reduction::none && !bounds.races)
            return false;
        return !way->learnt().empty() || !sets.holds();
    }

    void search_once(const search_bounds &within)
    {
        sets.take_effect();
        way->take_effect();
        last = {};
        ++passes;
        visited.emplace(within.memory_max, parts_of_visited_set(within), bounds.wide);
        if (within.jobs > 1) {
            last = search_in_workers(on, within, script, *way, sets, *visited,
                                     [&](const search_counts &so_far) { tell(so_far); });
        } else if (bounds.shortest) {
            breadth_first search(on, within, script, *way, *visited);
            search.run([&](const breadth_first &now) { tell(now.counts); });
            last = {search.counts, std::move(search.findings), search.bound, search.interrupted, {}};
        } else {
            depth_first search(on, within, script, *way, sets, *visited, nullptr);
            search.run([&](const depth_first &now) { tell(now.counts); });
            last = share_of(search);
        }
        states_of_all_passes += last.counts.states;
        last.counts.skims = within.skims;
        found = found_so_far(std::move(found), last.findings);
    }

    void tell(search_counts counts)
    {
        counts.passes = passes;
        counts.states_of_all_passes = states_of_all_passes + counts.states;
        progress(counts);
    }

    searched summed_up()
    {
        searched result;
        result.counts = last.counts;
        result.counts.passes = passes;
        if (keeps_order(bounds))
            result.counts.in_order = static_cast<unsigned>(on.alike_tasks().size());
        result.counts.states_of_all_passes = states_of_all_passes;
        result.findings = passes == 0 ? std::move(last.findings) : std::move(found);
        if (last.interrupted == 0) // else it may be that of a part
            result.bound = std::move(last.bound);
        result.interrupted = last.interrupted;
        result.error = std::move(last.error);
        result.took = steady_clock::now() - started;
        return result;
    }

    runner &on;
    const search_bounds &bounds;
    const std::function<void(const search_counts &)> &progress;
    const steady_clock::time_point started = steady_clock::now();
    step_script script;
    sim::rng chance{1};
    std::optional<world_walk> way;
    std::optional<visited_set> visited; // of the last pass
    persistent_sets sets;
    searched_share last; // pass
    std::vector<state_finding> found; // by all passes
    unsigned passes = 0;
    std::uint64_t states_of_all_passes = 0;
};

} // namespace

searched search_states(runner &on, const search_bounds &bounds,
                       const std::function<void(const search_counts &)> &progress)
{
    return searcher(on, bounds, progress).run();
}

void state_finding::add(const state_finding &same)
{
    count += same.count;
    others.push_back(same.path);
    others.insert(others.end(), same.others.begin(), same.others.end());
    others.resize(std::min(others.size(), others_max));
}

std::vector<state_finding> found_so_far(std::vector<state_finding> earlier, const std::vector<state_finding> &latest)
{
    std::erase_if(earlier, [&](const state_finding &old) {
        return std::ranges::find(latest, old.fingerprint, &state_finding::fingerprint) != latest.end();
    });
    earlier.insert(earlier.begin(), latest.begin(), latest.end());
    return earlier;
}

double collision_probability(std::uint64_t states, bool wide)
{
    auto n = static_cast<double>(states);
    return std::min(1.0, n * n / 2 * std::exp2(wide ? -128 : -64));
}

} // namespace interfuse
