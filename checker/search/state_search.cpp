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
#include "sim/run.hpp"

namespace interfuse {

namespace {

using std::chrono::steady_clock;

// Searches again and again, until what tasks touch was known when the last search began.
class searcher {
public:
    searcher(runner &on, const search_bounds &bounds,
             const std::function<void(const search_counts &)> &progress)
        : on(on), bounds(bounds), progress(progress)
    {
    }

    searched run()
    {
        on.begin_search(script);
        way.emplace(bounds.wide);
        if (!scout())
            search_all();
        on.end_search();
        return summed_up();
    }

private:
    static constexpr std::uint64_t walks_least = 100;
    static constexpr unsigned parts_of_visited_set = 256; // where several processes use it
    static constexpr std::uint64_t states_a_walk = 200;   // a walk costs as much as some hundred states
    // A search that has come so far begins again, once, with what more walks have taught.
    static constexpr std::uint64_t states_of_probe = 2'000'000;
    static constexpr std::uint64_t walks_of_long_search = 3'000;

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

    void search_all()
    {
        walk(walks_least);
        // Who conflicts with whom shows only when it is known what they touch.
        if (bounds.reduce == reduction::persistent_sets)
            walk(walks_least);
        if (bounds.reduce == reduction::local_steps)
            walk(3 * walks_least); // a place that is taken for a local one in error costs another pass
        probes = bounds.reduce == reduction::local_steps;
        do {
            take_effect();
            if (passes > 0)
                walk(last.counts.states / states_a_walk);
            last = {};
            ++passes;
            search_once();
            states_of_all_passes += last.counts.states;
        } while (begins_again());
        if (is_through())
            last.counts.walks = walk_inside(on, bounds, script, *way, local, *visited, last.findings);
    }

    void walk(std::uint64_t idle_walks)
    {
        if (bounds.reduce != reduction::none)
            learn_from_random_walks(script, *way, bounds.reduce == reduction::persistent_sets ? &touched : nullptr,
                                    bounds.reduce == reduction::local_steps ? &local : nullptr, chance, idle_walks,
                                    bounds.deadline);
    }

    void take_effect()
    {
        touched.take_effect();
        local.take_effect();
        way->take_effect();
    }

    // Conflicts say where to begin, no more.
    bool has_learnt()
    {
        if (bounds.reduce == reduction::none && !bounds.races)
            return false;
        return !way->learnt().empty() || !local.holds() || std::ranges::any_of(touched.learnt(), [](const lesson &each) {
            return each.kind != lesson_kind::conflict;
        });
    }

    bool begins_again()
    {
        // In a long search many walks are cheaper than another pass.
        if (std::exchange(probes, false) && last.bound == bound_of_states && last.counts.states < bounds.states_max) {
            walk(walks_of_long_search);
            passes = 0;
            states_of_all_passes = 0;
            return true;
        }
        if (last.bound == bound_by_lesson && last.interrupted == 0 && last.error.empty())
            return true;
        return is_through() && has_learnt();
    }

    void search_once()
    {
        of_pass = bounds;
        if (probes)
            of_pass.states_max = std::min(bounds.states_max, states_of_probe);
        visited.emplace(bounds.memory_max, bounds.jobs > 1 ? parts_of_visited_set : 1, bounds.wide);
        if (bounds.jobs > 1) {
            last =
                search_in_workers(bounds.jobs, on, of_pass, script, *way, touched, local, *visited,
                                  [&](const search_counts &so_far) { tell(so_far); });
            return;
        }
        if (bounds.shortest) {
            breadth_first search(on, of_pass, script, *way, *visited);
            search.run([&](const breadth_first &now) { tell(now.counts); });
            last = {search.counts, std::move(search.findings), search.bound, search.interrupted, {}};
            return;
        }
        depth_first search(on, of_pass, script, *way, touched, local, *visited, nullptr);
        search.run([&](const depth_first &now) { tell(now.counts); });
        last = share_of(search);
    }

    void tell(search_counts counts)
    {
        counts.passes = passes;
        progress(counts);
    }

    searched summed_up()
    {
        searched result;
        result.counts = last.counts;
        result.counts.passes = passes;
        result.counts.states_of_all_passes = states_of_all_passes;
        result.findings = std::move(last.findings);
        result.bound = std::move(last.bound);
        result.interrupted = last.interrupted;
        result.error = std::move(last.error);
        result.took = steady_clock::now() - started;
        return result;
    }

    runner &on;
    const search_bounds &bounds;
    search_bounds of_pass; // as they are for the pass in progress
    bool probes = false; // whether that one only finds out if the search is a long one
    const std::function<void(const search_counts &)> &progress;
    const steady_clock::time_point started = steady_clock::now();
    step_script script;
    sim::rng chance{1};
    std::optional<world_walk> way;
    std::optional<visited_set> visited; // of the last pass
    futures touched;
    local_steps local;
    searched_share last;
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

double collision_probability(std::uint64_t states, bool wide)
{
    auto n = static_cast<double>(states);
    return std::min(1.0, n * n / 2 * std::exp2(wide ? -128 : -64));
}

} // namespace interfuse
