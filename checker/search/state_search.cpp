// Every state of a scenario, depth first.
#include "checker/search/state_search.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <optional>

#include "checker/search/futures.hpp"
#include "checker/search/interruption.hpp"
#include "checker/search/visited_set.hpp"
#include "checker/search/world_walk.hpp"
#include "sim/fault.hpp"
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

// A state on the path, with what was and is still to be tried from it.
struct frame {
    std::uint64_t hash = 0;
    std::uint64_t enabled = 0;     // tasks, by bits
    std::uint64_t tried = 0;       // of them
    std::uint64_t conflicting = 0; // tasks whose future conflicts with a step that was tried
    bool full = false;             // all must be tried
    search_step taken;             // the step in progress or tried last
    std::vector<sim::choice> next; // answers of the next variant of that step
    bool more_variants = false;
};

std::uint64_t bit(unsigned task)
{
    return std::uint64_t{1} << task;
}

class searcher {
public:
    searcher(runner &on, const search_bounds &bounds,
             const std::function<void(const search_counts &, std::size_t)> &progress)
        : on(on), bounds(bounds), progress(progress)
    {
    }

    searched run()
    {
        on.begin_search(script);
        steps_max = sim::the_run.limits.steps_max;
        way.emplace();
        do {
            known_before = knowledge();
            search_once();
            touched.close();
        } while (goes_on() && reduces() && knowledge() != known_before);
        on.end_search();
        result.took = steady_clock::now() - started;
        return std::move(result);
    }

private:
    static constexpr std::uint64_t transitions_between_looks = 4096;

    bool goes_on() const { return result.bound.empty() && result.interrupted == 0; }
    bool reduces() const { return bounds.reduce == reduction::persistent_sets; }
    std::uint64_t knowledge() const { return touched.growth() + sim::the_footprint.shared_words + way->variables(); }

    void search_once()
    {
        search_counts fresh;
        fresh.passes = result.counts.passes + 1;
        fresh.states_of_all_passes = result.counts.states_of_all_passes;
        result.counts = fresh;
        for (state_finding &each : result.findings)
            each.count = 0;
        visited.emplace(bounds.memory_max);
        enter();
        while (depth > 0 && goes_on()) {
            take_next_step();
            if (result.counts.transitions % transitions_between_looks == 0)
                look_around();
        }
        while (way->depth() > 0)
            way->back();
        depth = 0;
        count_bytes();
    }

    void count_bytes()
    {
        result.counts.visited_bytes = visited->bytes();
        result.counts.path_bytes = way->bytes() + touched.bytes();
    }

    // The state that the world is in: known, an end, or a new one to go on from. Whether it is the last.
    bool enter()
    {
        std::uint64_t hash = way->hash();
        switch (visited->add(hash)) {
        case visited_set::answer::seen:
            ++result.counts.revisits;
            note_cycle(hash);
            return false;
        case visited_set::answer::full:
            result.bound = "--max-memory";
            return false;
        case visited_set::answer::fresh:
            break;
        }
        ++result.counts.states_of_all_passes;
        if (++result.counts.states > bounds.states_max) {
            result.counts.states = bounds.states_max;
            result.bound = "--max-states";
            return false;
        }
        std::uint64_t enabled = way->enabled();
        if (enabled == 0) {
            judge_end();
            return false;
        }
        return push(hash, enabled);
    }

    // A cycle in which each state leaves the same task out would leave it out for ever.
    void note_cycle(std::uint64_t hash)
    {
        if (depth == 0 || !reduces() || frames[depth - 1].full)
            return;
        for (std::size_t i = 0; i < depth; ++i)
            if (frames[i].hash == hash)
                frames[depth - 1].full = true;
    }

    void judge_end()
    {
        ++result.counts.ends;
        sim::verdict found = way->detour([&] {
            sim::block_at_gates();
            return on.judge_world();
        });
        if (found.kind == sim::verdict_kind::stalled)
            ++result.counts.stalled;
        if (found.is_finding())
            note(found);
    }

    bool push(std::uint64_t hash, std::uint64_t enabled)
    {
        if (depth == steps_max) {
            result.bound = "--max-steps";
            return false;
        }
        if (way->bytes() + visited->bytes() > bounds.memory_max) {
            result.bound = "--max-memory";
            return false;
        }
        if (frames.size() == depth)
            frames.emplace_back();
        frame &f = frames[depth++];
        f.hash = hash;
        f.enabled = enabled;
        f.tried = f.conflicting = 0;
        f.full = !reduces();
        f.more_variants = false;
        result.counts.depth = std::max(result.counts.depth, depth);
        return true;
    }

    // Tasks that may still run, now or later.
    static std::uint64_t alive()
    {
        const sim::world &w = sim::the_world();
        std::uint64_t tasks = 0;
        for (unsigned task = 0; task < w.task_count; ++task)
            if (w.tasks[task].status != sim::task_status::ended)
                tasks |= bit(task);
        return tasks;
    }

    // What is to be tried next in a state; nothing when what was tried is a persistent set.
    std::uint64_t candidates(const frame &f) const
    {
        std::uint64_t left = f.enabled & ~f.tried;
        if (f.full || f.tried == 0)
            return left;
        std::uint64_t missing = f.conflicting & alive() & ~f.tried;
        if (missing == 0)
            return 0;
        return (missing & left) != 0 ? missing & left : left;
    }

    // Of the candidates, one whose steps from there have conflicted with nobody so far, if there is one.
    unsigned pick(std::uint64_t from) const
    {
        if (reduces())
            for (std::uint64_t rest = from; rest != 0; rest &= rest - 1)
                if (auto task = static_cast<unsigned>(std::countr_zero(rest)); !touched.has_conflicted(way->position(task)))
                    return task;
        return static_cast<unsigned>(std::countr_zero(from));
    }

    void take_next_step()
    {
        frame &f = frames[depth - 1];
        if (f.more_variants) {
            script.answers = f.next;
        } else if (std::uint64_t from = candidates(f); from != 0) {
            f.taken.task = pick(from);
            f.tried |= bit(f.taken.task);
            script.answers.clear();
        } else {
            if (--depth > 0)
                step_back();
            return;
        }
        script.used = 0;
        ++result.counts.transitions;
        std::uint64_t stood_at = way->position(f.taken.task);
        bool continues = way->step(f.taken.task);
        f.taken.answers = script.answers;
        f.next = script.answers;
        f.more_variants = advance(f.next);
        if (reduces())
            learn(f, stood_at, continues);
        if (!continues)
            note(*sim::the_run.outcome);
        if (bounds.self_check)
            check_hash("the search has lost track of the world after a step: something is changed that no footprint lists");
        if (!continues || !enter())
            step_back();
    }

    void step_back()
    {
        way->back();
        if (bounds.self_check)
            check_hash("a step that was taken back has left something behind");
    }

    // Something was changed that no footprint lists.
    void check_hash(const char *when)
    {
        sim::require(way->hash() == way->hash_from_scratch(), when);
    }

    void learn(frame &f, std::uint64_t stood_at, bool continues)
    {
        unsigned task = f.taken.task;
        way->find_replaced(replaced);
        touched.read_step(task, replaced, step);
        touched.learn(stood_at, way->position(task), step);
        if (const std::uint16_t *gate = sim::the_world().tasks[task].gate; gate != nullptr)
            touched.learn_gate(way->position(task), task, sim::word_of(gate));
        std::uint64_t others = touched.conflicts(step, alive() & ~bit(task), way->all_positions());
        f.conflicting |= others;
        // What ends a run depends on everything.
        if (!continues)
            f.full = true;
        if (others != 0 || f.full)
            touched.note_conflict(stood_at);
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
        else if (way->bytes() + visited->bytes() + touched.bytes() > bounds.memory_max)
            result.bound = "--max-memory";
        std::size_t open = 0;
        count_bytes();
        for (std::size_t i = 0; i < depth; ++i)
            open += static_cast<std::size_t>(std::popcount(candidates(frames[i])));
        progress(result.counts, open);
    }

    runner &on;
    const search_bounds &bounds;
    const std::function<void(const search_counts &, std::size_t)> &progress;
    const steady_clock::time_point started = steady_clock::now();
    step_script script;
    std::optional<visited_set> visited;
    std::optional<world_walk> way;
    futures touched;
    step_touches step;
    std::vector<sim::word_index> replaced;
    std::uint64_t known_before = 0;
    std::vector<frame> frames; // of the path, and beyond `depth` for later use
    std::size_t depth = 0;
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
