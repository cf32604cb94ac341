// Breadth first through the states.
#include "checker/search/breadth_first.hpp"

#include <algorithm>
#include <bit>

#include "checker/search/end.hpp"
#include "checker/search/interruption.hpp"
#include "sim/fault.hpp"
#include "sim/run.hpp"
#include "sim/variants.hpp"

namespace interfuse {

namespace {

constexpr std::uint64_t transitions_between_looks = 4096;

} // namespace

breadth_first::breadth_first(runner &on, const search_bounds &bounds, step_script &script, world_walk &way,
                             visited_set &visited)
    : on(on), bounds(bounds), script(script), way(way), visited(visited), steps_max(sim::the_run.limits.steps_max)
{
    if (bounds.self_check)
        check.emplace(script, way);
}

void breadth_first::run(const std::function<void(const breadth_first &)> &look)
{
    path = {0};
    enter({});
    for (; goes_on() && next < nodes.size(); ++next) {
        go_to(static_cast<std::uint32_t>(next));
        if (way.depth() == steps_max && way.enabled() != 0)
            bound = "--max-steps";
        for (std::uint64_t rest = way.enabled(); rest != 0 && goes_on(); rest &= rest - 1) {
            try_steps_of(static_cast<unsigned>(std::countr_zero(rest)));
            if (counts.transitions % transitions_between_looks == 0)
                look_around(look);
        }
    }
    while (way.depth() > 0)
        way.back();
    look_around(look);
}

void breadth_first::look_around(const std::function<void(const breadth_first &)> &look)
{
    interrupted = interruption();
    counts.open = open();
    counts.visited_bytes = visited.bytes() + nodes.capacity() * sizeof nodes[0];
    counts.path_bytes = std::max(counts.path_bytes, way.bytes());
    if (check)
        counts.checks = check->done;
    if (!bound.empty())
        return;
    if (std::chrono::steady_clock::now() >= bounds.deadline && open() > 0)
        bound = bound_of_time;
    else if (counts.path_bytes + counts.visited_bytes > bounds.memory_max)
        bound = bound_of_memory;
    look(*this);
}

std::uint32_t breadth_first::number_of(const search_step &step)
{
    std::string key(1, static_cast<char>(step.task));
    for (const sim::choice &each : step.answers)
        key += {static_cast<char>(each.kind), static_cast<char>(each.alternatives), static_cast<char>(each.answer)};
    auto [at, fresh] = numbers.try_emplace(std::move(key), static_cast<std::uint32_t>(steps.size()));
    if (fresh)
        steps.push_back(step);
    return at->second;
}

void breadth_first::take(std::uint32_t step)
{
    script.answers = steps[step].answers;
    script.used = 0;
    way.step(steps[step].task);
}

// Back to the nearest state that lies on the way to both, and on from there.
void breadth_first::go_to(std::uint32_t target)
{
    ahead.clear();
    // A state was reached after all states nearer to the start, so of two on different ways the later one has the
    // longer way or as long a one.
    for (std::uint32_t at = target; at != path.back();) {
        if (at > path.back()) {
            ahead.push_back(at);
            at = nodes[at].parent;
        } else {
            way.back();
            path.pop_back();
        }
    }
    for (; !ahead.empty(); ahead.pop_back()) {
        take(nodes[ahead.back()].step);
        path.push_back(ahead.back());
    }
}

void breadth_first::try_steps_of(unsigned task)
{
    search_step step{task, {}};
    for (bool more = true; more && goes_on();) {
        script.answers = step.answers;
        script.used = 0;
        ++counts.transitions;
        bool continues = way.step(task);
        step.answers = script.answers;
        if (check)
            check->hash(
                "the search has lost track of the world after a step: something is changed that no footprint lists");
        if (continues)
            enter(step);
        else
            note(*sim::the_run.outcome, step);
        way.back();
        if (check)
            check->hash("a step that was taken back has left something behind");
        more = sim::advance(step.answers);
    }
}

// The state that the world is in, which a step has led to.
void breadth_first::enter(const search_step &last)
{
    if (check)
        check->congruence();
    visited_set::answer known = visited.add(way.hash()).what;
    if (known == visited_set::answer::full)
        bound = bound_of_memory;
    if (known == visited_set::answer::seen)
        ++counts.revisits;
    if (known != visited_set::answer::fresh)
        return;
    if (counts.states >= bounds.states_max) {
        bound = bound_of_states;
        return;
    }
    ++counts.states;
    counts.depth = std::max(counts.depth, way.depth());
    if (way.enabled() != 0) {
        nodes.push_back({path.back(), number_of(last)});
        return;
    }
    ++counts.ends;
    sim::verdict found = verdict_of_end(on, way);
    counts.stalled += found.kind == sim::verdict_kind::stalled;
    if (found.is_finding())
        note(found, last);
}

void breadth_first::note(const sim::verdict &found, const search_step &last)
{
    if (!found.is_finding()) {
        bound = found.message;
        return;
    }
    std::uint64_t fingerprint = fingerprint_of(found);
    auto same = std::ranges::find(findings, fingerprint, &state_finding::fingerprint);
    if (same == findings.end()) {
        state_finding fresh;
        fresh.message = found.message;
        fresh.fingerprint = fingerprint;
        for (std::size_t i = 1; i < path.size(); ++i)
            fresh.path.push_back(steps[nodes[path[i]].step]);
        if (way.depth() > 0)
            fresh.path.push_back(last);
        same = findings.insert(same, std::move(fresh));
    }
    ++same->count;
    if (bounds.first)
        bound = bound_by_finding;
}

} // namespace interfuse
