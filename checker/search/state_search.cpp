// Every state of a scenario, depth first.
#include "checker/search/state_search.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

#include "checker/search/interruption.hpp"
#include "checker/search/visited_set.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

using std::chrono::steady_clock;

// Answers a step's choices from a list, and beyond it with 0.
class step_script : public sim::strategy {
public:
    void begin(std::uint64_t) override {}
    unsigned choose(sim::choice_kind kind, unsigned alternatives) override
    {
        if (used == answers.size())
            answers.push_back({kind, static_cast<std::uint8_t>(alternatives), 0});
        return answers[used++].answer;
    }

    std::vector<sim::choice> answers;
    std::size_t used = 0;
};

// The next list of answers after one that was given in full; false if it was the last.
bool advance(std::vector<sim::choice> &answers)
{
    while (!answers.empty() && answers.back().answer + 1 == answers.back().alternatives)
        answers.pop_back();
    if (answers.empty())
        return false;
    ++answers.back().answer;
    return true;
}

// A state on the path, with the steps that are still to be tried from it.
struct frame {
    std::size_t world = 0; // where its copy begins
    std::uint64_t todo = 0; // tasks, by bits
    search_step taken;      // the step in progress or tried last
    std::vector<sim::choice> next; // answers of the next variant of that step
    bool more_variants = false;
};

class searcher {
public:
    searcher(runner &on, const search_bounds &bounds,
             const std::function<void(const search_counts &, std::size_t)> &progress)
        : on(on), bounds(bounds), progress(progress), visited(bounds.memory_max)
    {
    }

    searched run()
    {
        on.begin_search(script);
        steps_max = sim::the_run.limits.steps_max;
        enter();
        while (depth > 0 && result.bound.empty() && result.interrupted == 0) {
            take_next_step();
            if (result.counts.transitions % transitions_between_looks == 0)
                look_around();
        }
        on.end_search();
        result.counts.visited_bytes = visited.bytes();
        result.took = steady_clock::now() - started;
        return std::move(result);
    }

private:
    static constexpr std::uint64_t transitions_between_looks = 4096;

    // The state that the world is in: known, an end, or a new one to go on from.
    void enter()
    {
        switch (visited.add(sim::hash_world())) {
        case visited_set::answer::seen:
            ++result.counts.revisits;
            return;
        case visited_set::answer::full:
            result.bound = "--max-memory";
            return;
        case visited_set::answer::fresh:
            break;
        }
        if (++result.counts.states > bounds.states_max) {
            result.counts.states = bounds.states_max;
            result.bound = "--max-states";
        } else if (sim::the_world().runnable == 0) {
            judge_end();
        } else {
            push();
        }
    }

    void judge_end()
    {
        ++result.counts.ends;
        standing = nowhere;
        sim::verdict found = on.judge_world();
        if (found.kind == sim::verdict_kind::stalled)
            ++result.counts.stalled;
        if (found.is_finding())
            note(found);
    }

    void push()
    {
        if (depth == steps_max) {
            result.bound = "--max-steps";
            return;
        }
        std::size_t bytes = sim::live_bytes();
        std::size_t calls = bytes_of_calls();
        if (frames.size() == depth)
            frames.emplace_back();
        frame &f = frames[depth];
        f.world = depth == 0 ? 0 : worlds_used;
        worlds_used = f.world + bytes + calls;
        if (worlds_used > worlds.size())
            worlds.resize(std::max(worlds_used, worlds.size() * 3 / 2));
        if (worlds.size() + visited.bytes() > bounds.memory_max) {
            result.bound = "--max-memory";
            return;
        }
        sim::copy_world(worlds.data() + f.world);
        copy_calls(worlds.data() + f.world + bytes);
        f.todo = sim::the_world().runnable;
        f.more_variants = false;
        standing = depth++;
        result.counts.depth = std::max(result.counts.depth, depth);
        result.counts.world_bytes = std::max(result.counts.world_bytes, bytes);
    }

    // Call stacks are a function of the stacks, so they are kept beside a world and not hashed.
    static std::size_t bytes_of(const sim::call_stack &calls)
    {
        return offsetof(sim::call_stack, callers) + std::min(calls.depth, sim::call_depth_max) * sizeof calls.callers[0];
    }

    template <typename Visit> static void for_calls(Visit visit)
    {
        for (unsigned task = 0; task < sim::the_world().task_count; ++task)
            visit(sim::the_run.calls[task]);
    }

    static std::size_t bytes_of_calls()
    {
        std::size_t total = 0;
        for_calls([&](const sim::call_stack &calls) { total += bytes_of(calls); });
        return total;
    }

    static void copy_calls(std::byte *to)
    {
        for_calls([&](const sim::call_stack &calls) {
            std::memcpy(to, &calls, bytes_of(calls));
            to += bytes_of(calls);
        });
    }

    static void restore_calls(const std::byte *from)
    {
        for_calls([&](sim::call_stack &calls) {
            std::memcpy(&calls.depth, from, sizeof calls.depth);
            std::memcpy(&calls, from, bytes_of(calls));
            from += bytes_of(calls);
        });
    }

    void stand_at(std::size_t index)
    {
        if (standing == index)
            return;
        const std::byte *copy = worlds.data() + frames[index].world;
        sim::restore_world(copy);
        restore_calls(copy + sim::live_bytes());
    }

    void take_next_step()
    {
        frame &f = frames[depth - 1];
        if (f.more_variants) {
            script.answers = f.next;
        } else if (f.todo != 0) {
            f.taken.task = static_cast<unsigned>(std::countr_zero(f.todo));
            f.todo &= f.todo - 1;
            script.answers.clear();
        } else {
            worlds_used = f.world;
            --depth;
            return;
        }
        stand_at(depth - 1);
        standing = nowhere;
        script.used = 0;
        ++result.counts.transitions;
        bool goes_on = sim::take_step(f.taken.task);
        f.taken.answers = script.answers;
        f.next = script.answers;
        f.more_variants = advance(f.next);
        if (goes_on)
            enter();
        else
            note(*sim::the_run.outcome);
    }

    void note(const sim::verdict &found)
    {
        if (!found.is_finding()) {
            result.bound = found.message;
            return;
        }
        std::uint64_t fingerprint = fingerprint_of(found);
        auto same = std::ranges::find(result.findings, fingerprint, &state_finding::fingerprint);
        if (same == result.findings.end()) {
            state_finding fresh{found, fingerprint, 0, {}};
            for (std::size_t i = 0; i < depth; ++i)
                fresh.path.push_back(frames[i].taken);
            same = result.findings.insert(same, std::move(fresh));
        }
        ++same->count;
    }

    void look_around()
    {
        result.interrupted = interruption();
        if (steady_clock::now() >= bounds.deadline)
            result.bound = "--max-time";
        std::size_t open = 0;
        result.counts.visited_bytes = visited.bytes();
        for (std::size_t i = 0; i < depth; ++i)
            open += static_cast<std::size_t>(std::popcount(frames[i].todo));
        progress(result.counts, open);
    }

    static constexpr std::size_t nowhere = SIZE_MAX;

    runner &on;
    const search_bounds &bounds;
    const std::function<void(const search_counts &, std::size_t)> &progress;
    const steady_clock::time_point started = steady_clock::now();
    step_script script;
    visited_set visited;
    std::vector<frame> frames; // of the path, and beyond `depth` for later use
    std::size_t depth = 0;
    std::size_t standing = nowhere; // the frame whose state the world is in
    std::vector<std::byte> worlds;
    std::size_t worlds_used = 0;
    std::uint32_t steps_max = 0;
    searched result;
};

} // namespace

searched search_states(runner &on, const search_bounds &bounds,
                       const std::function<void(const search_counts &, std::size_t)> &progress)
{
    return searcher(on, bounds, progress).run();
}

double collision_probability(std::uint64_t states)
{
    auto n = static_cast<double>(states);
    return std::min(1.0, n * n / 2 / 18446744073709551616.0);
}

} // namespace interfuse
