#include <cstring>

#include <benchmark/benchmark.h>

#include "sim/fiber.hpp"
#include "sim/testing_world.hpp"

namespace sim {
namespace {

// Answers a point with the other task, or lets the running one go on.
class fixed_answer : public strategy {
public:
    explicit fixed_answer(unsigned answer) : always(answer) {}
    void begin(std::uint64_t) override {}
    unsigned choose(choice_kind, unsigned) override { return always; }

private:
    unsigned always;
};

constexpr unsigned rounds = 4000;

// The choice that a point asks is part of its cost; the start and end of the run are spread over its points.
void pass_points(benchmark::State &state, unsigned answer)
{
    test_world<nothing> w([](nothing &) {
        for (int i = 0; i < 2; ++i)
            start_task("a", [] {
                for (unsigned round = 0; round < rounds; ++round)
                    point();
            });
    });
    fixed_answer chooser(answer);
    for (auto _ : state)
        w.run(chooser);
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 2 * rounds);
    using benchmark::Counter;
    state.counters["per_point"] = Counter(2 * rounds, Counter::kIsIterationInvariantRate | Counter::kInvert);
}

void point_that_switches(benchmark::State &state)
{
    pass_points(state, 1);
}
BENCHMARK(point_that_switches);

void point_that_goes_on(benchmark::State &state)
{
    pass_points(state, 0);
}
BENCHMARK(point_that_goes_on);

// The bare switch: to the other stack and back, without scheduler or choice.
void switch_there_and_back(benchmark::State &state)
{
    test_world<nothing> w([](nothing &) {
        start_task("partner", [] {
            for (;;)
                switch_context(the_run.host_context, &the_world().tasks[1].context);
        });
    });
    fixed_answer chooser(0);
    begin_run(chooser, 0);
    w.start.restore();
    the_world().current = 1;
    clear_floating_point_flags();
    for (auto _ : state)
        switch_context(the_world().tasks[1].context, &the_run.host_context);
    the_world().current = tasks_max;
    state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations()) * 2);
}
BENCHMARK(switch_there_and_back);

// Fills the heap until the world has the size asked for; a smaller one than an empty world cannot be had.
template <typename Act> void on_world_of(benchmark::State &state, Act act)
{
    test_world<nothing> w([](nothing &) {
        for (int i = 0; i < 3; ++i)
            start_task("a", [] { point(); });
    });
    std::size_t wanted = static_cast<std::size_t>(state.range(0));
    if (w.start.size() < wanted)
        std::memset(allocate(wanted - w.start.size()), 'x', wanted - w.start.size());
    w.start.save();
    for (auto _ : state)
        act(w.start);
    state.counters["bytes"] = static_cast<double>(w.start.size());
    state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * w.start.size()));
}

void save(benchmark::State &state)
{
    on_world_of(state, [](saved_world &w) { w.save(); });
}

void restore(benchmark::State &state)
{
    on_world_of(state, [](saved_world &w) { w.restore(); });
}

void hash(benchmark::State &state)
{
    on_world_of(state, [](saved_world &) { benchmark::DoNotOptimize(hash_world()); });
}

BENCHMARK(save)->Arg(3 << 10)->Arg(16 << 10)->Arg(32 << 10);
BENCHMARK(restore)->Arg(3 << 10)->Arg(16 << 10)->Arg(32 << 10);
BENCHMARK(hash)->Arg(3 << 10)->Arg(16 << 10)->Arg(32 << 10);

} // namespace
} // namespace sim
