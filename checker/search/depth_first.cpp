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

// An order for each seed; without one, what takes fewer steps. With local steps those that disturb the others come
// first, as scenarios start them last: most of what the others do has nothing to do with them, so they sleep meanwhile.
// With sleep sets alone it is the other way round. Where a search ends at its first finding, the order decides how soon
// that is.
std::array<std::uint8_t, sim::tasks_max> turns_of(const search_bounds &bounds)
{
    std::array<std::uint8_t, sim::tasks_max> turns{};
    std::iota(turns.rbegin(), turns.rend(), std::uint8_t{0});
    if (bounds.seed == 0 && !uses_persistent_sets(bounds.reduce))
        std::ranges::reverse(turns);
    sim::rng chance{bounds.seed};
    for (std::uint32_t left = sim::tasks_max; bounds.seed != 0 && left > 1; --left)
        std::swap(turns[left - 1], turns[chance.below(left)]);
    return turns;
}

// Of a pass that skims, in which everybody stands at the same places. Which ones the heap decides: on stacks there may be addresses of
// the host, which differ from run to run.
constexpr std::uint64_t states_of_places = 4;
constexpr std::uint64_t transitions_between_looks = 4096;
constexpr std::uint64_t transitions_between_offers = 64;
constexpr unsigned looks_between_counts = 64; // of bytes that take a while to count
// Behind so many states that were passed through the next one is kept, and everybody is tried there. So no circle of
// local steps leaves anybody out for ever. Longer than any run of local steps that is none.
constexpr std::uint32_t longest_run_of_passed = 500;

} // namespace

depth_first::depth_first(runner &on, const search_bounds &bounds, step_script &script, world_walk &way,
                         persistent_sets &sets, visited_set &visited, team *others)
    : on(on), bounds(bounds), script(script), way(way), sets(sets), visited(visited), others(others),
      prospect(bounds, script, way, sets, visited), turns(turns_of(bounds)), steps_max(sim::the_run.limits.steps_max)
{
    way.before_forgetting([this] {
        for (search_frame &each : frames)
            for (touched_words &words : each.words)
                words.spell_out(this->way);
    });
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
        bound = bound_of_time;
    else if (path_bytes * bounds.jobs + counts.visited_bytes > bounds.memory_max)
        bound = bound_of_memory;
    else if (others != nullptr && others->halted())
        bound = bound_by_others;
    else if (begins_again())
        bound = bound_by_lesson;
    else if (others == nullptr && !bounds.skims && prospect.is_due(counts.states))
        look_ahead();
    counts.open = open();
    look(*this);
}

bool depth_first::begins_again()
{
    if (!leaves_out())
        return false;
    return again.is_due(others == nullptr ? counts.states : others->published().states, sets.states_of_mending(), [&] {
        counts.mended += sets.mend();
        return counts.mended + way.learnt().size();
    });
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
    if (looks++ % looks_between_counts == 0)
        bytes_of_sets = sets.bytes();
    path_bytes = way.bytes() + bytes_of_sets + frames.size() * sizeof frames[0] + (circles ? circles->bytes() : 0);
    counts.path_bytes = std::max(counts.path_bytes, path_bytes);
}

// Steps that wait on the path to be tried.
std::size_t depth_first::open() const
{
    std::size_t sum = 0;
    for (std::size_t i = 0; i < depth; ++i)
        sum += static_cast<std::size_t>(std::popcount(frames[i].awake & ~frames[i].tried)) * !frames[i].closed;
    return sum;
}

// What the state that the world is in is known by.
state_key depth_first::key(std::uint64_t enabled) const
{
    if (!bounds.skims)
        return enabled != 0 && tails ? way.hash() + tails->key() : way.hash();
    state_key places = way.hash_of_places();
    places.low += way.hash_without_stack_data().low % states_of_places;
    return places;
}

// The state that the world is in: known, an end, or one to go on from, which is new or has tasks that slept whenever it
// was visited before and are awake now. Whether it is one to go on from.
bool depth_first::enter(std::uint32_t asleep)
{
    if (check)
        check->congruence();
    std::uint64_t enabled = way.enabled();
    persistent_sets::choice tried{enabled};
    if (leaves_out() && enabled != 0)
        tried = sets.choose(enabled, way.alive(), way.all_positions());
    std::uint64_t left_out = enabled & ~tried.tasks;
    if (tried.passes && run_of_passed() < longest_run_of_passed)
        return pass_through(tried.tasks, left_out, asleep);
    if (tried.passes) {
        tried.tasks = enabled;
        left_out = 0;
    }
    if (keeps_order(bounds))
        tried.tasks &= ~alike_in(tried.tasks);
    visited_set::added added = visited.add(key(enabled), static_cast<visited_set::sleepers>(asleep));
    switch (added.what) {
    case visited_set::answer::seen: {
        ++counts.revisits;
        if (circles)
            circles->meet(frames[depth - 1].taken.task);
        std::uint64_t awake = tried.tasks & added.before & ~asleep;
        return awake != 0 && push(awake, left_out, added.before & asleep);
    }
    case visited_set::answer::full:
        bound = bound_of_memory;
        return false;
    case visited_set::answer::fresh:
        break;
    }
    if (bounds.states_max != UINT64_MAX && (others == nullptr ? counts.states : others->count_state()) >= bounds.states_max) {
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
    if ((tried.tasks & ~asleep) == 0 || !push(tried.tasks & ~asleep, left_out, asleep))
        return false;
    if (circles)
        circles->enter(depth > 1 ? frames[depth - 2].taken.task : 0);
    return true;
}

std::uint32_t depth_first::run_of_passed() const
{
    return depth > 0 && frames[depth - 1].passed ? frames[depth - 1].run_of_passed + 1 : 0;
}

bool depth_first::pass_through(std::uint64_t task, std::uint64_t left_out, std::uint32_t asleep)
{
    ++counts.passed;
    if ((task & asleep) != 0 || !push(task, left_out, asleep))
        return false;
    frames[depth - 1].passed = true;
    return true;
}

bool depth_first::push(std::uint64_t tasks, std::uint64_t left_out, std::uint32_t asleep)
{
    if (depth == steps_max) {
        bound = "--max-steps";
        if (circles)
            count_finding("a path of as many steps as it may have", 0, {}).kind = finding_kind::cut;
        return false;
    }
    if (frames.size() == depth)
        frames.emplace_back();
    std::uint64_t stirred_before = stirred();
    std::uint32_t passed_before = run_of_passed();
    search_frame &f = frames[depth++];
    f.stirred = stirred_before;
    f.run_of_passed = passed_before;
    f.passed = false;
    f.awake = tasks;
    f.left_out = left_out;
    f.asleep = asleep;
    f.done = 0;
    if (depth > 1)
        for (std::uint32_t rest = asleep; rest != 0; rest &= rest - 1)
            f.noted_in[static_cast<unsigned>(std::countr_zero(rest))] =
                frames[depth - 2].noted_in[static_cast<unsigned>(std::countr_zero(rest))];
    f.tried = 0;
    f.closed = f.more_variants = f.ends_run = false;
    counts.depth = std::max(counts.depth, depth);
    return true;
}

unsigned depth_first::pick(std::uint64_t from) const
{
    auto first = static_cast<unsigned>(std::countr_zero(from));
    for (std::uint64_t rest = from & (from - 1); rest != 0; rest &= rest - 1)
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
        f.done |= static_cast<std::uint32_t>(bit_of(f.taken.task));
    std::uint64_t from = f.closed ? 0 : f.awake & ~f.tried;
    if (from == 0)
        return false;
    f.taken.task = pick(from);
    f.tried |= bit_of(f.taken.task);
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
    bool continues = step_of(f.taken.task);
    if (!bounds.skims)
        visited.prefetch(key(0));
    f.taken.answers = script.answers;
    f.next = script.answers;
    f.more_variants = sim::advance(f.next);
    f.ends_run = f.ends_run || !continues;
    std::uint32_t asleep = 0;
    if (leaves_out())
        sets.seen.learn_step(f.taken.task, stood_at, way, continues);
    if (sleeps())
        asleep = still_asleep(f);
    if (!continues)
        note(*sim::the_run.outcome);
    if (check) {
        check->hash(
            "the search has lost track of the world after a step: something is changed that no footprint lists");
        check_commutation(continues ? asleep : 0, false);
        check_commutation(continues ? f.left_out & ~asleep : 0, true);
    }
    if (!continues || !enter(asleep))
        step_back();
}

// Whoever sleeps or is done in a state still sleeps behind a step that has nothing to do with it.
std::uint32_t depth_first::still_asleep(search_frame &f)
{
    if (f.taken.task < sleepers_max)
        f.words[f.taken.task].add_step(way);
    std::uint32_t others = (f.asleep | f.done) & ~static_cast<std::uint32_t>(bit_of(f.taken.task));
    return pairs.independent(way, others,
                             [&](unsigned task) -> const touched_words & { return frames[f.noted_in[task]].words[task]; });
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

// Those that still sleep were taken to be independent of the step in progress, and so were those that were left out.
void depth_first::check_commutation(std::uint64_t independent, bool supposed)
{
    for (std::uint64_t rest = independent; rest != 0; rest &= rest - 1)
        check->commutation(frames[depth - 1].taken, static_cast<unsigned>(std::countr_zero(rest)), supposed);
}

} // namespace interfuse
