// Taking the steps of a state, one by one and in pairs.
#include "checker/search/step_races.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include <fmt/format.h>

#include "checker/runner.hpp"
#include "sim/run.hpp"
#include "sim/variants.hpp"

namespace interfuse {

namespace {

// What listeners keep decides nothing that a step does.
class nobody_listens {
public:
    nobody_listens() : listen(sim::the_run.listen) { sim::the_run.listen = {}; }
    ~nobody_listens() { sim::the_run.listen = listen; }
    nobody_listens(const nobody_listens &) = delete;
    nobody_listens &operator=(const nobody_listens &) = delete;

private:
    sim::listeners listen;
};

template <typename Visit> void for_tasks(std::uint64_t tasks, Visit visit)
{
    for (; tasks != 0; tasks &= tasks - 1)
        visit(static_cast<unsigned>(std::countr_zero(tasks)));
}

// As sim::report_race orders the two places.
sim::verdict verdict_on(const sim::step_race &race)
{
    sim::place a = sim::place_of_site(race.first.site), b = sim::place_of_site(race.second.site);
    int order = std::strcmp(a.function(), b.function());
    if (order > 0 || (order == 0 && a.line() > b.line()))
        std::swap(a, b);
    return {sim::verdict_kind::violation, "data_race",
            fmt::format("nothing orders what {} and {} do to a place in memory", a.function(), b.function()), a,
            b.function()};
}

} // namespace

step_races::seen_step &step_races::room_for_one_more()
{
    if (count == seen.size())
        seen.push_back(std::make_unique<seen_step>());
    return *seen[count++];
}

// The step that the script's answers begin with. Whether the run goes on.
bool step_races::take(unsigned task, seen_step &into)
{
    into.listed.clear();
    sim::listed_step = &into.listed;
    script.used = 0;
    bool continues = way.step(task);
    ++taken;
    sim::listed_step = nullptr;
    into.listed.sort();
    into.told = 0;
    for (const sim::step_edge &each : into.listed.released)
        into.told = std::max<std::size_t>(into.told, each.at);
    into.what = {task, script.answers};
    into.read.clear();
    into.changed.clear();
    const sim::step_footprint &now = sim::the_footprint;
    into.read.assign(now.loaded, now.loaded + now.loads);
    for (std::uint32_t i = 0; i < now.stores; ++i) {
        into.read.push_back(now.stored[i].word);
        if (sim::word_at(now.stored[i].word) != now.stored[i].before)
            into.changed.push_back(now.stored[i].word);
    }
    const std::vector<sim::word_index> &replaced = way.replaced();
    into.changed.insert(into.changed.end(), replaced.begin(), replaced.end());
    into.enabled = continues ? way.enabled() : 0;
    return continues;
}

const std::vector<racing_steps> &step_races::find()
{
    nobody_listens while_looking;
    found.clear();
    look_ahead(way.enabled());
    for (std::size_t i = 0; i < count; ++i)
        look_behind(*seen[i]);
    return found;
}

// Takes each step, with all its answers, and behind it those of the tasks that only it lets go on.
void step_races::look_ahead(std::uint64_t enabled)
{
    count = 0;
    for_tasks(enabled, [&](unsigned task) {
        script.answers.clear();
        do {
            seen_step &first = room_for_one_more();
            take(task, first);
            compare_with_tails(first);
            if (first.told > 0)
                for_tasks(first.enabled & ~enabled, [&](unsigned woken) { try_after(first, woken); });
            way.back();
            script.answers = first.what.answers;
        } while (sim::advance(script.answers));
    });
}

// Compares a step with those of others that could follow it. One that has read something which the step changes may be
// another one behind it, and is taken there.
void step_races::look_behind(const seen_step &first)
{
    if (first.told == 0 || first.enabled == 0)
        return;
    std::uint64_t changed = find_changed_by(first) & first.enabled;
    if (changed != 0) {
        script.answers = first.what.answers;
        take(first.what.task, again);
        for_tasks(changed, [&](unsigned task) { try_after(first, task); });
        way.back();
    }
}

// Compares the step with those that it does not change. The tasks of the others, unless whatever they do is ordered.
std::uint64_t step_races::find_changed_by(const seen_step &first)
{
    std::uint64_t tasks = 0;
    for (sim::word_index word : first.changed)
        marks[word] = 1;
    for (std::size_t i = 0; i < count; ++i) {
        const seen_step &second = *seen[i];
        if (second.what.task == first.what.task ||
            !sim::leaves_something(first.listed, first.told, second.listed.first_lock))
            continue;
        if (std::ranges::any_of(second.read, [&](sim::word_index word) { return marks[word] != 0; }))
            tasks |= std::uint64_t{1} << second.what.task;
        else
            compare(first, second);
    }
    for (sim::word_index word : first.changed)
        marks[word] = 0;
    return tasks;
}

void step_races::try_after(const seen_step &first, unsigned task)
{
    script.answers.clear();
    do {
        take(task, next);
        compare(first, next);
        way.back();
        script.answers = next.what.answers;
    } while (sim::advance(script.answers));
}

void step_races::compare(const seen_step &first, const seen_step &second)
{
    std::optional<sim::step_race> race = sim::find_step_race(first.listed, first.told, second.listed, second.what.task);
    if (!race)
        return;
    add(*race, {first.what, second.what});
}

void step_races::add(const sim::step_race &race, std::vector<search_step> steps)
{
    sim::verdict verdict = verdict_on(race);
    found.push_back({std::move(steps), fingerprint_of(verdict), std::move(verdict.message)});
}

void step_races::compare_with_tails(const seen_step &step)
{
    for (unsigned other = 0; other < sim::the_world().task_count; ++other) {
        if (other == step.what.task || tails.of(other).accesses.empty())
            continue;
        if (std::optional<sim::step_race> race =
                sim::find_step_race(tails.of(other), SIZE_MAX, step.listed, step.what.task))
            add(*race, {step.what});
    }
}

} // namespace interfuse
