#include "checker/runner.hpp"

#include <benchmark/benchmark.h>

#include "checker/strategies/random.hpp"

namespace interfuse {
namespace {

// A run is restored, run, torn down and judged; its steps are its points.
void sample(benchmark::State &state, const char *name, check_level checks, sim::watch_set watch = 0)
{
    const scenario *which = find_scenario(name);
    runner one({.which = which,
                .parameters = complete_parameters(*which, {}).values,
                .checks = checks,
                .limits = {},
                .watch = watch});
    random_strategy chooser(1);
    std::uint64_t run = 0, points = 0, findings = 0;
    for (auto _ : state) {
        run_result result = one.run(chooser, run++);
        points += result.steps;
        findings += result.verdict.is_finding();
    }
    using benchmark::Counter;
    state.counters["runs"] = Counter(static_cast<double>(run), Counter::kIsRate);
    state.counters["per_point"] = Counter(static_cast<double>(points), Counter::kIsRate | Counter::kInvert);
    state.counters["points_per_run"] = static_cast<double>(points) / static_cast<double>(run);
    state.counters["world_bytes"] = static_cast<double>(one.world_bytes());
    state.counters["findings"] = static_cast<double>(findings);
}

void one_request_checked_at_the_end(benchmark::State &state)
{
    sample(state, "one-request", check_level::end);
}
BENCHMARK(one_request_checked_at_the_end);

void one_request_checked_at_every_step(benchmark::State &state)
{
    sample(state, "one-request", check_level::steps);
}
BENCHMARK(one_request_checked_at_every_step);

void one_request_watched_for_races(benchmark::State &state)
{
    sample(state, "one-request", check_level::steps, sim::watch_races);
}
BENCHMARK(one_request_watched_for_races);

void one_request_watched_for_races_and_locks(benchmark::State &state)
{
    sample(state, "one-request", check_level::steps, sim::watch_races | sim::watch_locks);
}
BENCHMARK(one_request_watched_for_races_and_locks);

void one_request_with_memory_watched(benchmark::State &state)
{
    sample(state, "one-request", check_level::steps, sim::watch_memory);
}
BENCHMARK(one_request_with_memory_watched);

void one_request_with_all_watched(benchmark::State &state)
{
    sample(state, "one-request", check_level::steps, sim::watch_all);
}
BENCHMARK(one_request_with_all_watched);

} // namespace
} // namespace interfuse
