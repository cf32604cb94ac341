// Searching all states of small parameters, at what rate and in what memory.
#include "checker/search/state_search.hpp"

#include <benchmark/benchmark.h>

#include "checker/runner.hpp"

namespace interfuse {
namespace {

using settings = std::vector<parameter_value>;

// A search is set up, run to its end and thrown away. REQUIRES: it comes to an end.
void search(benchmark::State &state, const settings &given, search_bounds bounds = {.reduce = reduction::local_steps})
{
    const scenario *which = find_scenario("mix");
    run_setup setup{.which = which, .parameters = complete_parameters(*which, given).values, .limits = {}};
    std::uint64_t states = 0, transitions = 0;
    std::size_t bytes = 0;
    for (auto _ : state) {
        runner on(setup);
        searched result = search_states(on, bounds, [](const search_counts &) {});
        states += result.counts.states;
        transitions += result.counts.transitions;
        bytes = result.counts.visited_bytes;
    }
    using benchmark::Counter;
    auto searches = static_cast<double>(state.iterations());
    state.counters["states"] = static_cast<double>(states) / searches;
    state.counters["transitions"] = static_cast<double>(transitions) / searches;
    state.counters["states_a_second"] = Counter(static_cast<double>(states), Counter::kIsRate);
    state.counters["bytes_a_state"] = static_cast<double>(bytes) * searches / static_cast<double>(states);
}

const settings one_killed = {{"killers", 1}};
const settings one_aborted = {{"aborters", 1}};
const settings two_requesters = {{"requesters", 2}, {"killers", 1}};
const settings killed_and_aborted = {{"killers", 1}, {"aborters", 1}};
const settings two_of_split_daemon = {{"requesters", 2}, {"split", 1}};
const settings two_aborted = {{"requesters", 2}, {"aborters", 1}};
const settings many_disturbances = {{"split", 1}, {"aborters", 1}, {"faults", 1}};

BENCHMARK_CAPTURE(search, killed, one_killed)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, killed_without_reduction, one_killed, search_bounds{.reduce = reduction::none})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, killed_by_sleep_sets, one_killed, search_bounds{.reduce = reduction::sleep_sets})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, killed_by_persistent_sets, one_killed, search_bounds{.reduce = reduction::persistent_sets})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, aborted, one_aborted)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, killed_and_aborted, killed_and_aborted)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, killed_and_aborted_by_sleep_sets, killed_and_aborted,
                  search_bounds{.reduce = reduction::sleep_sets})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, two_requesters, two_requesters)->UseRealTime()->Unit(benchmark::kMillisecond);
// Each state once: the rate at which states are come to, without passes that learn.
BENCHMARK_CAPTURE(search, aborted_by_sleep_sets, one_aborted, search_bounds{.reduce = reduction::sleep_sets})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, two_by_sleep_sets, two_of_split_daemon, search_bounds{.reduce = reduction::sleep_sets})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, two_by_sleep_sets_and_two_processes, two_of_split_daemon,
                  search_bounds{.reduce = reduction::sleep_sets, .jobs = 2})
    ->UseRealTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, two_aborted, two_aborted)->UseRealTime()->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, disturbed, many_disturbances)->UseRealTime()->Unit(benchmark::kMillisecond);

} // namespace
} // namespace interfuse
