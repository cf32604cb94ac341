// Where two traces of what should be one run part.
#include "checker/trace/compare.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace interfuse {

namespace {

std::string task_text(const trace &t, unsigned task)
{
    return fmt::format("task {} ({})", task, task < t.tasks.size() ? t.tasks[task] : "?");
}

std::string tasks_text(std::uint64_t enabled)
{
    std::vector<unsigned> tasks;
    for (unsigned i = 0; i < sim::tasks_max; ++i) {
        if ((enabled >> i & 1) != 0)
            tasks.push_back(i);
    }
    return fmt::format("{{{}}}", fmt::join(tasks, ", "));
}

std::string located(const source_place &where)
{
    return fmt::format("{}:{} {}", where.file, where.line, where.function);
}

std::string event_text(const trace_event &event)
{
    return fmt::format("{} {} {} at {}", sim::name_of(event.kind), event.object.empty() ? "-" : event.object,
                       event.value, located(event.where));
}

std::string hash_text(const std::optional<std::uint64_t> &hash)
{
    return hash ? fmt::format("{:016x}", *hash) : "none";
}

std::string verdict_text(const trace_verdict &verdict)
{
    return fmt::format("{} {} {} at {}, fingerprint {:016x}", sim::name_of(verdict.kind), verdict.invariant,
                       verdict.message, located(verdict.location), verdict.fingerprint);
}

bool equal(const trace_event &a, const trace_event &b)
{
    bool same_place = a.where.function == b.where.function && (a.by_pc || a.where.file == b.where.file);
    return a.kind == b.kind && a.object == b.object && a.value == b.value && a.meaning == b.meaning &&
           a.by_pc == b.by_pc && same_place;
}

bool equal(const trace_verdict &a, const trace_verdict &b)
{
    return a.kind == b.kind && a.invariant == b.invariant && a.message == b.message && a.fingerprint == b.fingerprint &&
           a.caller == b.caller && a.location.function == b.location.function;
}

const char *phase_text(const trace_step &step)
{
    return step.teardown ? "teardown" : step.setup ? "setup" : "run";
}

std::optional<difference> step_difference(std::size_t number, const trace &a, const trace &b)
{
    const trace_step &expected = a.steps[number];
    const trace_step &found = b.steps[number];
    if (expected.task != found.task)
        return difference{number, "task", task_text(a, expected.task), task_text(b, found.task)};
    if (expected.enabled != found.enabled)
        return difference{number, "enabled tasks", tasks_text(expected.enabled), tasks_text(found.enabled)};
    if (expected.hash != found.hash)
        return difference{number, "hash", hash_text(expected.hash), hash_text(found.hash)};
    std::size_t both = std::min(expected.events.size(), found.events.size());
    for (std::size_t i = 0; i < both; ++i) {
        if (!equal(expected.events[i], found.events[i]))
            return difference{number, fmt::format("event {}", i), event_text(expected.events[i]),
                              event_text(found.events[i])};
    }
    if (expected.events.size() > both)
        return difference{number, fmt::format("event {}", both), event_text(expected.events[both]), "none"};
    if (found.events.size() > both)
        return difference{number, fmt::format("event {}", both), "none", event_text(found.events[both])};
    if (expected.teardown != found.teardown || expected.setup != found.setup)
        return difference{number, "phase", phase_text(expected), phase_text(found)};
    return {};
}

} // namespace

std::optional<difference> first_difference(const trace &expected, const trace &found)
{
    std::size_t both = std::min(expected.steps.size(), found.steps.size());
    for (std::size_t i = 0; i < both; ++i) {
        if (std::optional<difference> here = step_difference(i, expected, found))
            return here;
    }
    if (expected.steps.size() > both)
        return difference{both, "task", task_text(expected, expected.steps[both].task), "the run's end"};
    if (found.steps.size() > both)
        return difference{both, "task", "the run's end", task_text(found, found.steps[both].task)};
    if (!equal(expected.verdict, found.verdict))
        return difference{both, "verdict", verdict_text(expected.verdict), verdict_text(found.verdict)};
    if (expected.tasks != found.tasks)
        return difference{both, "tasks", fmt::format("{}", fmt::join(expected.tasks, ", ")),
                          fmt::format("{}", fmt::join(found.tasks, ", "))};
    if (expected.record != found.record)
        return difference{both, "record", fmt::format("{:016x}", expected.record),
                          fmt::format("{:016x}", found.record)};
    return {};
}

bool begins(const trace &found, const trace &whole)
{
    if (found.steps.empty() || found.steps.size() > whole.steps.size())
        return false;
    trace cut = whole;
    cut.steps.resize(found.steps.size());
    std::vector<trace_event> &last = cut.steps.back().events;
    last.resize(std::min(last.size(), found.steps.back().events.size()));
    for (std::size_t i = 0; i < cut.steps.size(); ++i)
        if (step_difference(i, cut, found))
            return false;
    return true;
}

std::size_t count_moved_lines(const trace &expected, const trace &found)
{
    std::size_t moved = 0;
    for (std::size_t i = 0; i < std::min(expected.steps.size(), found.steps.size()); ++i) {
        const std::vector<trace_event> &before = expected.steps[i].events;
        const std::vector<trace_event> &now = found.steps[i].events;
        for (std::size_t j = 0; j < std::min(before.size(), now.size()); ++j)
            moved += !before[j].by_pc && before[j].where.line != now[j].where.line;
    }
    return moved;
}

} // namespace interfuse
