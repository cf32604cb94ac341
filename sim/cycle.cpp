// Noting states while their tasks run, and looking for the same one twice.
#include "sim/cycle.hpp"

#include <algorithm>
#include <cstring>

#include <xxhash.h>

#include "sim/run.hpp"
#include "sim/world.hpp"

namespace sim {

namespace {

struct noted_state {
    std::uint64_t hash;
    std::uint64_t runnable;
    std::uint32_t step;
    std::uint16_t from, next; // who has taken the last step, and who takes the next
    unsigned depth;           // calls that `from` is in
    const void *called_from;  // the innermost one, or null
};

std::uint32_t first_step = 0;
void (*collect_counters)(std::vector<counter> &) = nullptr;
std::vector<noted_state> states;
std::vector<counter> hidden;
std::vector<std::byte> hidden_bytes;

void hide()
{
    hidden.clear();
    if (collect_counters != nullptr)
        collect_counters(hidden);
    world &w = the_world();
    // Where the running task was when it ran last.
    hidden.push_back({&w.tasks[w.current].context, sizeof w.tasks[w.current].context});
    hidden_bytes.clear();
    for (const counter &each : hidden) {
        auto at = static_cast<std::byte *>(each.at);
        hidden_bytes.insert(hidden_bytes.end(), at, at + each.bytes);
        std::memset(at, 0, each.bytes);
    }
}

// In reverse, so that a word that was hidden twice is itself again.
void restore_hidden()
{
    std::size_t end = hidden_bytes.size();
    for (auto each = hidden.rbegin(); each != hidden.rend(); ++each) {
        end -= each->bytes;
        std::memcpy(each->at, hidden_bytes.data() + end, each->bytes);
    }
}

// As hash_world, with the running task's stack from `low` on.
std::uint64_t hash_running_world(const std::byte *low)
{
    const world &w = the_world();
    std::uint64_t hash = XXH3_64bits(&w, offsetof(world, tasks) + w.task_count * sizeof(task));
    auto rest = reinterpret_cast<const std::byte *>(&w) + offsetof(world, variables);
    hash = XXH3_64bits_withSeed(rest, w.heap_used - offsetof(world, variables), hash);
    for (unsigned i = 0; i < w.task_count; ++i) {
        if (w.tasks[i].status == task_status::ended)
            continue;
        const std::byte *from = i == w.current ? low : static_cast<const std::byte *>(w.tasks[i].context);
        hash = XXH3_64bits_withSeed(from, static_cast<std::size_t>(stack_top(i) - from), hash);
    }
    return hash;
}

const void *innermost_call()
{
    const call_stack &calls = *the_run.calls_now;
    return calls.depth == 0 ? nullptr : calls.callers[(calls.depth - 1) % call_depth_max];
}

// What lies below a task's frames is what earlier ones left, and shines through where later ones store nothing.
void wipe_below(std::uintptr_t low)
{
    constexpr std::uintptr_t depth = 16 * 1024, own_frames = 1024;
    auto from = std::max(reinterpret_cast<std::uintptr_t>(stack_low(the_world().current)), low - depth);
    if (from + own_frames < low)
        std::memset(reinterpret_cast<void *>(from), 0, low - own_frames - from);
}

// Never inlined: what it keeps on the stack is to lie below `low`.
[[gnu::noinline]] void note(const std::byte *low, unsigned next, std::uint64_t runnable)
{
    wipe_below(reinterpret_cast<std::uintptr_t>(low));
    auto current = static_cast<std::uint16_t>(the_world().current);
    const void *call = innermost_call();
    hide();
    std::uint64_t hash = hash_running_world(low) + next;
    restore_hidden();
    states.push_back({hash, runnable, the_run.steps, current, static_cast<std::uint16_t>(next),
                      the_run.calls_now->depth, call});
}

std::uint64_t bit(unsigned task)
{
    return std::uint64_t{1} << task;
}

// The part of the run between two equal states, if it is fair.
std::optional<cycle> fair_cycle(std::size_t first, std::size_t last)
{
    cycle found{states[first].step, states[last].step, 0, {}, {}};
    found.depth.fill(call_depth_max);
    std::uint64_t throughout = ~std::uint64_t{0};
    for (std::size_t i = first; i < last; ++i) {
        throughout &= states[i].runnable;
        found.tasks |= bit(states[i].next);
        // Where a task is when it has taken the step.
        const noted_state &after = states[i + 1];
        if (after.depth < found.depth[after.from]) {
            found.depth[after.from] = after.depth;
            found.called_from[after.from] = after.called_from;
        }
    }
    return (throughout & ~found.tasks) == 0 ? std::optional(found) : std::nullopt;
}

} // namespace

void watch_for_cycles(std::uint32_t from_step, void (*counters)(std::vector<counter> &into))
{
    first_step = from_step;
    collect_counters = counters;
    states.clear();
}

[[gnu::noinline]] void note_state(unsigned next, std::uint64_t runnable)
{
    if (the_run.now != phase::running || the_run.steps < first_step)
        return;
    // The registers of the task that a call need not keep are dead; the others are on its stack from here on.
    __builtin_unwind_init();
    std::byte low{};
    note(&low, next, runnable);
}

std::optional<cycle> find_cycle()
{
    std::vector<std::size_t> order(states.size());
    for (std::size_t i = 0; i < order.size(); ++i)
        order[i] = i;
    std::ranges::sort(order, [](std::size_t a, std::size_t b) {
        return states[a].hash != states[b].hash ? states[a].hash < states[b].hash : a < b;
    });
    // Of equal states the first and the last lie furthest apart, which is fair if anything between two of them is.
    for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
        while (end < order.size() && states[order[end]].hash == states[order[begin]].hash)
            ++end;
        if (end - begin > 1)
            if (std::optional<cycle> found = fair_cycle(order[begin], order[end - 1]))
                return found;
    }
    return std::nullopt;
}

} // namespace sim
