// Worlds for tests: a small program, the schedules to run it under, and how its runs ended.
#pragma once

#include <cstdint>
#include <new>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "sim/fault.hpp"
#include "sim/lock_order.hpp"
#include "sim/rng.hpp"
#include "sim/run.hpp"
#include "sim/variants.hpp"

namespace sim {

// Answers from a list, then with the first alternative: the running task goes on until it sleeps.
class scripted : public strategy {
public:
    explicit scripted(std::vector<unsigned> given = {}) : answers(std::move(given)) {}
    void begin(std::uint64_t) override { asked.clear(); }
    unsigned choose(choice_kind kind, unsigned alternatives) override
    {
        unsigned answer = asked.size() < answers.size() ? answers[asked.size()] : 0;
        asked.push_back({kind, static_cast<std::uint8_t>(alternatives), static_cast<std::uint8_t>(answer)});
        return answer;
    }
    std::vector<choice> asked;

private:
    std::vector<unsigned> answers;
};

// The last alternative each time.
class last_first : public strategy {
public:
    void begin(std::uint64_t) override {}
    unsigned choose(choice_kind, unsigned alternatives) override { return alternatives - 1; }
};

// Of the runnable tasks the one that comes first in a list; no disturbance.
class by_priority : public strategy {
public:
    explicit by_priority(std::vector<unsigned> first) : order(std::move(first)) {}
    void begin(std::uint64_t) override {}
    unsigned choose(choice_kind kind, unsigned) override
    {
        if (kind != choice_kind::schedule && kind != choice_kind::preempt)
            return 0;
        const world &w = the_world();
        for (unsigned task : order)
            if ((w.runnable >> task & 1) != 0)
                return answer_for(task, kind == choice_kind::preempt ? w.current : tasks_max);
        internal_error("a test's list of priorities lacks a task");
    }

private:
    // The running task comes first, if there is one, then the others by index.
    static unsigned answer_for(unsigned task, unsigned running)
    {
        unsigned answer = running < tasks_max && task != running ? 1 : 0;
        for (unsigned other = 0; other < task && task != running; ++other)
            answer += other != running && (the_world().runnable >> other & 1) != 0;
        return answer;
    }
    std::vector<unsigned> order;
};

class by_chance : public strategy {
public:
    explicit by_chance(std::uint64_t seed) : numbers(seed) {}
    void begin(std::uint64_t) override {}
    unsigned choose(choice_kind, unsigned alternatives) override { return numbers.below(alternatives); }

private:
    rng numbers;
};

// Every sequence of answers, depth first: each run repeats a prefix of the last one and parts from it.
class exhaustive : public strategy {
public:
    void begin(std::uint64_t) override { depth = 0; }
    unsigned choose(choice_kind kind, unsigned alternatives) override
    {
        choice now = {kind, static_cast<std::uint8_t>(alternatives), 0};
        if (depth == path.size())
            path.push_back(now);
        now.answer = path[depth].answer;
        require(path[depth] == now, "the same answers led to another question");
        ++depth;
        return now.answer;
    }
    // False when there is no other sequence.
    bool advance()
    {
        path.resize(depth);
        return sim::advance(path);
    }

private:
    std::vector<choice> path;
    std::size_t depth = 0;
};

inline verdict verdict_of(verdict_kind kind, const char *invariant = "", const char *message = "",
                          place where = place::here())
{
    verdict v;
    v.kind = kind;
    v.invariant = invariant;
    v.message = message;
    v.where = where;
    return v;
}

inline std::string text_of(const verdict &v)
{
    std::string kind(name_of(v.kind));
    return v.invariant.empty() || v.kind == verdict_kind::oops ? kind : kind + ": " + v.invariant;
}

// A world with a Shared in its arena; the setup starts tasks, whose interleavings are then run any number of times.
template <typename Shared> class test_world {
public:
    static constexpr unsigned runs_max = 3'000'000;

    template <typename Setup> explicit test_world(Setup setup, std::uint32_t page_size = 128)
    {
        the_run.listen = {};
        the_run.limits = {};
        reset_world(page_size);
        shared = new (allocate(sizeof(Shared), alignof(Shared))) Shared{};
        start_task("setup", [setup, all = shared] {
            setup(*all);
            yield_to_host("the end of the run");
        });
        last_first asked_in_vain;
        begin_run(asked_in_vain, 0);
        bool built = run_tasks(phase::setup);
        require(built, "the setup of a test ended in a finding");
        start.save();
        if ((the_run.watching & watch_locks) != 0)
            orders = lock_orders_so_far();
    }

    verdict run(strategy &chooser, std::uint64_t number = 0)
    {
        start.restore();
        the_run.points = points;
        begin_run(chooser, number);
        if ((the_run.watching & watch_locks) != 0)
            go_on_from(orders);
        return end_of(run_tasks(phase::running));
    }
    verdict run()
    {
        scripted first_answers;
        return run(first_answers);
    }

    // What describe says of the shared state after each run that is done, and the text of every other verdict.
    template <typename Describe> std::set<std::string> outcomes(Describe describe)
    {
        std::set<std::string> seen;
        exhaustive chooser;
        runs_done = 0;
        do {
            require(runs_done < runs_max, "a test's program has too many schedules");
            verdict v = run(chooser, runs_done++);
            seen.insert(v.kind == verdict_kind::done ? describe(*shared) : text_of(v));
        } while (chooser.advance());
        return seen;
    }
    std::set<std::string> outcomes()
    {
        return outcomes([](const Shared &) { return std::string("done"); });
    }

    // Setup's task does not count: it waits for the host.
    static verdict end_of(bool not_reported)
    {
        if (!not_reported)
            return *the_run.outcome;
        const world &w = the_world();
        for (unsigned i = 1; i < w.task_count; ++i)
            if (w.tasks[i].status == task_status::blocked)
                return verdict_of(verdict_kind::hung, "", w.tasks[i].waiting_why);
        return {};
    }

    Shared &operator*() const { return *shared; }
    Shared *operator->() const { return shared; }

    point_set points = point_set::coarse;
    unsigned runs_done = 0;
    saved_world start;
    lock_orders orders; // of the setup, with watch_locks

private:
    Shared *shared;
};

struct nothing {};

} // namespace sim
