// Depth first through the states.
#include "checker/search/depth_first.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "checker/search/end.hpp"
#include "checker/search/interruption.hpp"
#include "sim/fault.hpp"
#include "sim/rng.hpp"
#include "sim/run.hpp"
#include "sim/variants.hpp"

namespace interfuse {

namespace {

using std::chrono::steady_clock;

// An order for each seed. Where a search ends at its first finding, the order decides how soon that is.
std::array<std::uint8_t, sim::tasks_max> turns_of(std::uint64_t seed)
{
    std::array<std::uint8_t, sim::tasks_max> turns{};
    std::iota(turns.begin(), turns.end(), std::uint8_t{0});
    sim::rng chance{seed};
    for (std::uint32_t left = sim::tasks_max; seed != 0 && left > 1; --left)
        std::swap(turns[left - 1], turns[chance.below(left)]);
    return turns;
}

constexpr std::uint64_t transitions_between_looks = 4096;
constexpr std::uint64_t transitions_between_offers = 64;

std::uint64_t bit(unsigned task)
{
    return std::uint64_t{1} << task;
}

} // namespace

depth_first::depth_first(runner &on, const search_bounds &bounds, step_script &script, world_walk &way,
                         futures &touched, local_steps &local, visited_set &visited, team *others)
    : on(on), bounds(bounds), script(script), way(way), touched(touched), local(local), visited(visited), others(others),
      prospect(bounds, script, way, local, visited), turns(turns_of(bounds.seed)), steps_max(sim::the_run.limits.steps_max)
{
    if (bounds.self_check)
        check.emplace(script, way);
    if (bounds.races) {
        tails.emplace(bounds.wide);
        races.emplace(script, way, *tails);
    }
    if (bounds.livelocks)
        circles.emplace(script, way);
}

void depth_first::run(const std::function<void(const depth_first &)> &look)
{
    if (others == nullptr || others->begins()) {
        enter(0);
        go_through(look);
    }
    handed_over work;
    while (goes_on() && others != nullptr && others->wait_for_work(work)) {
        take_over(work);
        go_through(look);
    }
    if (others != nullptr && !goes_on())
        others->halt();
    count_bytes();
}

void depth_first::go_through(const std::function<void(const depth_first &)> &look)
{
    while (depth > 0 && goes_on()) {
        take_next_step();
        if (counts.transitions % transitions_between_looks == 0)
            look_around(look);
        if (others != nullptr && counts.transitions % transitions_between_offers == 0)
            share();
    }
    go_home();
}

void depth_first::go_home()
{
    while (way.depth() > 0)
        back();
    depth = 0;
}

void depth_first::look_around(const std::function<void(const depth_first &)> &look)
{
    interrupted = interruption();
    count_bytes();
    if (steady_clock::now() >= bounds.deadline)
        bound = "--max-time";
    else if (counts.path_bytes + counts.visited_bytes > bounds.memory_max)
        bound = "--max-memory";
    else if (others != nullptr && others->halted())
        bound = bound_by_others;
    else if (begins_again())
        bound = bound_by_lesson;
    else if (others == nullptr && prospect.is_due())
        look_ahead();
    counts.open = open();
    look(*this);
}

// What was learnt late in a long search is not worth the rest of it, which has to be done again; but nor is each lesson worth
// a new beginning, as others may follow soon. So it goes on for as long as it has taken to the first.
bool depth_first::begins_again()
{
    constexpr std::uint64_t states_least = 100'000;
    if (!sleeps() || bounds.races)
        return false;
    std::uint64_t states = others == nullptr ? counts.states : others->published().states;
    if (learnt_at == 0 && (!way.learnt().empty() || (!local.learnt().empty() && !local.holds())))
        learnt_at = std::max(states, states_least);
    return learnt_at != 0 && states >= 2 * learnt_at;
}

// Goes back to the start for it, and takes the path again.
void depth_first::look_ahead()
{
    std::size_t taken = way.depth();
    while (way.depth() > 0)
        way.back();
    prospect.look(counts.states);
    counts.expected = prospect.states();
    for (std::size_t i = 0; i < taken; ++i) {
        script.answers = frames[i].taken.answers;
        script.used = 0;
        way.step(frames[i].taken.task);
    }
}

void depth_first::count_bytes()
{
    counts.visited_bytes = visited.bytes();
    if (check)
        counts.checks = check->done;
    counts.path_bytes = std::max(counts.path_bytes, way.bytes() + touched.bytes() + local.bytes() + frames.size() * sizeof frames[0] +
                                                        (circles ? circles->bytes() : 0));
}

// Steps that wait on the path to be tried.
std::size_t depth_first::open() const
{
    std::size_t sum = 0;
    for (std::size_t i = 0; i < depth; ++i)
        sum += static_cast<std::size_t>(std::popcount(frames[i].enabled & ~frames[i].tried)) * !frames[i].closed;
    return sum;
}

// The state that the world is in: known, an end, or one to go on from, which is new or has tasks that slept whenever it
// was visited before and are awake now. Whether it is one to go on from.
bool depth_first::enter(std::uint32_t asleep)
{
    if (check)
        check->congruence();
    std::uint64_t enabled = way.enabled();
    if (std::uint64_t local = next_local(enabled); local != 0)
        return pass_through(local, asleep);
    visited_set::added added = visited.add(enabled != 0 && tails ? way.hash() + tails->key() : way.hash(),
                                           static_cast<visited_set::sleepers>(asleep));
    switch (added.what) {
    case visited_set::answer::seen:
        ++counts.revisits;
        if (circles)
            circles->meet(frames[depth - 1].taken.task);
        return (added.before & ~asleep) != 0 && push(added.before & ~asleep, added.before & asleep);
    case visited_set::answer::full:
        bound = "--max-memory";
        return false;
    case visited_set::answer::fresh:
        break;
    }
    if ((others == nullptr ? counts.states : others->count_state()) >= bounds.states_max) {
        bound = bound_of_states;
        return false;
    }
    ++counts.states;
    if (enabled == 0) {
        judge_end();
        return false;
    }
    if (races)
        look_for_races();
    if ((enabled & ~asleep) == 0 || !push(enabled & ~asleep, asleep))
        return false;
    if (circles)
        circles->enter(depth > 1 ? frames[depth - 2].taken.task : 0);
    return true;
}

// The first task whose next step is local.
std::uint64_t depth_first::next_local(std::uint64_t enabled) const
{
    // A task that goes round with nobody else would otherwise never come to a state that is kept.
    constexpr std::uint32_t passed_max = 1000;
    if (!passes_through() || (depth > 0 && frames[depth - 1].passed == passed_max))
        return 0;
    for (std::uint64_t rest = enabled; rest != 0; rest &= rest - 1) {
        auto task = static_cast<unsigned>(std::countr_zero(rest));
        if (local.is_local(task, way.position(task)))
            return rest & -rest;
    }
    return 0;
}

bool depth_first::pass_through(std::uint64_t local, std::uint32_t asleep)
{
    ++counts.passed;
    std::uint32_t passed = depth == 0 ? 0 : frames[depth - 1].passed;
    if ((local & asleep) != 0 || !push(local, asleep))
        return false;
    frames[depth - 1].passed = passed + 1;
    return true;
}

bool depth_first::push(std::uint64_t enabled, std::uint32_t asleep)
{
    if (depth == steps_max) {
        bound = "--max-steps";
        if (circles)
            count_finding("a path of as many steps as it may have", 0, {}).kind = finding_kind::cut;
        return false;
    }
    if (frames.size() == depth)
        frames.emplace_back();
    search_frame &f = frames[depth++];
    f.enabled = enabled;
    f.asleep = asleep;
    f.done = f.passed = 0;
    if (depth > 1)
        for (std::uint32_t rest = asleep; rest != 0; rest &= rest - 1)
            f.noted_in[static_cast<unsigned>(std::countr_zero(rest))] =
                frames[depth - 2].noted_in[static_cast<unsigned>(std::countr_zero(rest))];
    f.alive = way.alive();
    f.tried = f.conflicting = 0;
    f.full = !reduces();
    f.closed = f.more_variants = f.ends_run = false;
    counts.depth = std::max(counts.depth, depth);
    return true;
}

// What is to be tried next in a state; nothing when what was tried is a persistent set.
std::uint64_t depth_first::candidates(const search_frame &f) const
{
    std::uint64_t left = f.closed ? 0 : f.enabled & ~f.tried;
    if (f.full || f.tried == 0)
        return left;
    std::uint64_t missing = f.conflicting & ~f.tried;
    return (missing & left) != 0 || missing == 0 ? missing & left : left;
}

// Of the candidates, one whose steps from there have conflicted with nobody so far, if there is one.
unsigned depth_first::pick(std::uint64_t from) const
{
    std::uint64_t quiet = 0;
    if (reduces())
        for (std::uint64_t rest = from; rest != 0; rest &= rest - 1)
            if (!touched.has_conflicted(way.position(static_cast<unsigned>(std::countr_zero(rest)))))
                quiet |= rest & -rest;
    std::uint64_t rest = quiet != 0 ? quiet : from;
    auto first = static_cast<unsigned>(std::countr_zero(rest));
    for (rest &= rest - 1; rest != 0; rest &= rest - 1)
        if (auto task = static_cast<unsigned>(std::countr_zero(rest)); turns[task] < turns[first])
            first = task;
    return first;
}

// The next step from a state: another variant of the one before, or the first of another task. False if there is none.
bool depth_first::choose_step(search_frame &f)
{
    if (f.more_variants) {
        script.answers = f.next;
        return true;
    }
    if (f.tried != 0 && !f.ends_run && f.taken.task < sleepers_max)
        f.done |= static_cast<std::uint32_t>(bit(f.taken.task));
    std::uint64_t from = candidates(f);
    if (from == 0)
        return false;
    f.taken.task = pick(from);
    f.tried |= bit(f.taken.task);
    f.ends_run = false;
    script.answers.clear();
    if (sleeps() && f.taken.task < sleepers_max) {
        f.words[f.taken.task].clear();
        f.noted_in[f.taken.task] = static_cast<std::uint32_t>(depth - 1);
    }
    return true;
}

void depth_first::take_next_step()
{
    search_frame &f = frames[depth - 1];
    if (!choose_step(f)) {
        leave();
        if (depth > 0)
            step_back();
        return;
    }
    script.used = 0;
    ++counts.transitions;
    std::uint64_t stood_at = way.position(f.taken.task);
    std::uint64_t rest = check && f.passed != 0 ? way.enabled() & ~bit(f.taken.task) : 0;
    bool continues = step_of(f.taken.task);
    f.taken.answers = script.answers;
    f.next = script.answers;
    f.more_variants = sim::advance(f.next);
    f.ends_run = f.ends_run || !continues;
    std::uint32_t asleep = 0;
    if (bounds.reduce != reduction::none)
        way.find_replaced(replaced);
    if (reduces())
        learn(f, stood_at, continues);
    if (passes_through())
        local.learn_step(f.taken.task, stood_at, replaced, continues);
    if (sleeps())
        asleep = still_asleep(f);
    if (!continues)
        note(*sim::the_run.outcome);
    if (check) {
        check->hash(
            "the search has lost track of the world after a step: something is changed that no footprint lists");
        check_commutation(continues ? asleep | rest : 0);
    }
    if (!continues || !enter(asleep))
        step_back();
}

// Whoever sleeps or is done in a state still sleeps behind a step that has nothing to do with it.
std::uint32_t depth_first::still_asleep(search_frame &f)
{
    if (f.taken.task < sleepers_max)
        f.words[f.taken.task].add_step(replaced);
    std::uint32_t asleep = 0;
    last_step step_taken(replaced);
    for (std::uint32_t rest = (f.asleep | f.done) & ~static_cast<std::uint32_t>(bit(f.taken.task)); rest != 0;
         rest &= rest - 1) {
        auto task = static_cast<unsigned>(std::countr_zero(rest));
        if (step_taken.is_independent_of(frames[f.noted_in[task]].words[task]))
            asleep |= rest & -rest;
    }
    return asleep;
}

bool depth_first::step_of(unsigned task)
{
    if (tails)
        tails->begin();
    bool continues = way.step(task);
    if (tails)
        tails->end(task);
    return continues;
}

void depth_first::back()
{
    way.back();
    if (tails)
        tails->back();
}

void depth_first::step_back()
{
    back();
    if (check)
        check->hash("a step that was taken back has left something behind");
}

// Those that still sleep were taken to be independent of the step in progress, and of a local one everybody was.
void depth_first::check_commutation(std::uint64_t independent)
{
    for (std::uint64_t rest = independent; rest != 0; rest &= rest - 1)
        check->commutation(frames[depth - 1].taken, static_cast<unsigned>(std::countr_zero(rest)));
}

void depth_first::learn(search_frame &f, std::uint64_t stood_at, bool continues)
{
    unsigned task = f.taken.task;
    touched.learn_step(task, stood_at, way.position(task), replaced, step);
    std::uint64_t conflicting = touched.conflicts(step, f.alive & way.alive() & ~bit(task), way.all_positions());
    f.conflicting |= conflicting;
    // What ends a run depends on everything. And a circle of states in each of which the same task was left out would
    // leave it out for ever: one of its steps goes back, and there everybody is tried.
    f.full = f.full || !continues || touched.goes_back(stood_at, way.position(task));
    if (conflicting != 0 || f.full)
        touched.learn_conflict(stood_at);
}

} // namespace interfuse
