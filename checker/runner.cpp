// Running a scenario and judging its end.
#include "checker/runner.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>
#include <xxhash.h>

#include "checker/coverage/transition_rows.hpp"
#include "checker/hang.hpp"
#include "checker/invariants/calls.hpp"
#include "checker/invariants/ghost.hpp"
#include "checker/invariants/invariant.hpp"
#include "checker/invariants/names.hpp"
#include "checker/invariants/resting.hpp"
#include "checker/invariants/structs.hpp"
#include "checker/livelock.hpp"
#include "checker/strategies/replay.hpp"
#include "checker/strikes/observer.hpp"
#include "scenarios/stage.hpp"
#include "sim/cycle.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/object_name.hpp"
#include "sim/shadow.hpp"
#include "sim/stack_words.hpp"

namespace interfuse {

namespace {

using sim::the_run;
using sim::verdict;
using sim::verdict_kind;

recorder *active_recorder = nullptr;

// The observer comes first: it needs the ghost state as the event found it.
void follow(const sim::event &what)
{
    observe(what);
    follow_event(what);
}

void follow_with_rows(const sim::event &what)
{
    note_row(what);
    follow(what);
}

void forward_event(const sim::event &what)
{
    active_recorder->happened(sim::current_task(), what);
}

void forward_step(unsigned task, std::uint64_t runnable)
{
    active_recorder->step(task, runnable);
}

sim::listeners listeners_for(check_level checks, bool recording)
{
    sim::listeners listen;
    if (checks == check_level::steps) {
        listen.on_event = are_rows_noted() ? follow_with_rows : follow;
        listen.on_step = check_step;
    }
    if (recording) {
        listen.on_log = forward_event;
        listen.on_schedule = forward_step;
    }
    return listen;
}

bool everybody_ended()
{
    const sim::world &w = sim::the_world();
    for (unsigned i = 0; i < w.task_count; ++i)
        if (w.tasks[i].status != sim::task_status::ended)
            return false;
    return true;
}

// The setup task, which waits for the end, and resting daemons do not count as asleep.
bool everybody_is_through()
{
    const sim::world &w = sim::the_world();
    for (unsigned i = 1; i < w.task_count; ++i)
        if (w.tasks[i].status != sim::task_status::ended && !task_rests(i))
            return false;
    return true;
}

verdict judge_leaks()
{
    kernel::slab_leftover found = kernel::find_slab_leftover();
    if (found.text.empty() && kernel::any_page_in_use())
        found = {"leak", "pages", "a page frame was never freed"};
    if (found.text.empty() || sim::is_ignored(found.rule))
        return {};
    return {verdict_kind::violation, found.rule, found.text + " after the teardown", {}, found.cache};
}

bool may_stall(const scenario &which)
{
    return which.may_stall != nullptr && (which.stalls == nullptr || which.stalls());
}

// The setup is no part of a run, nor is the teardown part of a path: how long they are is the scenario's affair.
sim::run_limits beside_the_run(sim::run_limits limits)
{
    limits.steps_max = std::max(limits.steps_max, sim::run_limits{}.steps_max);
    return limits;
}

// The verdict on a world in which nobody can go on.
verdict judge(const scenario &which)
{
    if (!everybody_is_through()) {
        verdict hang = describe_hang("the run");
        if (may_stall(which) && may_sleep_by_design())
            hang.kind = verdict_kind::stalled;
        return sim::unless_ignored(hang);
    }
    if (the_run.listen.on_event != nullptr)
        if (std::optional<verdict> found = check_end())
            return *found;
    while (setup_awaits_host()) {
        sim::make_runnable(0);
        // The setup task's own part, then that of the tasks it has woken.
        if (!sim::run_tasks(sim::phase::teardown) || !sim::run_tasks(sim::phase::teardown))
            return *the_run.outcome;
    }
    if (!everybody_ended())
        return sim::unless_ignored(describe_hang("the teardown"));
    return judge_leaks();
}

verdict run_to_the_end(const scenario &which)
{
    return sim::run_tasks(sim::phase::running) ? judge(which) : *the_run.outcome;
}

} // namespace

std::uint64_t fingerprint_of(const verdict &v)
{
    if (!v.is_finding())
        return 0;
    std::string text = fmt::format("{}|{}|{}|{}", sim::name_of(v.kind), v.invariant, v.where.function(), v.caller);
    return XXH3_64bits(text.data(), text.size());
}

// What follows from the verdict on the run that has ended.
static void seal(run_result &result, std::uint64_t number)
{
    result.steps = the_run.steps;
    result.fingerprint = fingerprint_of(result.verdict);
    std::uint64_t ending[] = {static_cast<std::uint64_t>(result.verdict.kind), result.fingerprint, number};
    result.record_hash = sim::record_hash(XXH3_64bits(ending, sizeof ending));
}

// False: the setup ends in a finding, or is cut.
static bool set_up(const run_setup &how, bool recorded)
{
    static struct : sim::strategy {
        void begin(std::uint64_t) override {}
        unsigned choose(sim::choice_kind, unsigned) override { return 0; }
    } first_answer;
    sim::install_object_namer(name_of_core_object);
    sim::install_value_namer(name_of_core_value);
    sim::install_type_finder(type_of_core_object);
    sim::install_lock_namer(class_of_core_lock);
    sim::install_rest_judge(is_request_at_rest);
    use_parameters(how.parameters);
    seek(how.which->goals);
    the_run.ignored = how.ignored;
    the_run.watching = how.watch;
    sim::reset_world(static_cast<std::uint32_t>(parameter_of("page_size")));
    the_run.limits = beside_the_run(how.limits);
    the_run.points = how.points;
    the_run.listen = listeners_for(how.checks, recorded);
    sim::begin_run(first_answer, 0);
    start_setup(how.which->build);
    return sim::run_tasks(sim::phase::setup);
}

runner::runner(run_setup setup) : how(std::move(setup))
{
    if (!set_up(how, false)) {
        the_run.ignored = {};
        throw std::runtime_error(
            fmt::format("the setup of scenario {} ends in a finding: {}", how.which->name, the_run.outcome->message));
    }
    start.save();
    alike = find_alike_tasks();
    syscalls_at_start = the_run.syscalls;
    calls_at_start.assign(the_run.calls.begin(), the_run.calls.begin() + sim::the_world().task_count);
    orders_at_start = sim::lock_orders_so_far();
    for (sim::call_stack &calls : calls_at_start)
        calls.numbered = 0; // what the numbers stood for is forgotten by then
}

runner::~runner()
{
    the_run.ignored = {};
}

run_result run_broken_setup(const run_setup &how, recorder &log)
{
    active_recorder = &log;
    bool built = set_up(how, true);
    the_run.ignored = {};
    active_recorder = nullptr;
    sim::require(!built, "a setup that has ended in a finding goes through when it is run again");
    run_result result;
    result.verdict = *the_run.outcome;
    seal(result, 0);
    return result;
}

void runner::begin(sim::strategy &chooser, std::uint64_t number)
{
    start.restore();
    the_run.limits = how.limits;
    the_run.points = how.points;
    sim::begin_run(chooser, number);
    if ((how.watch & sim::watch_locks) != 0)
        sim::go_on_from(orders_at_start);
    the_run.syscalls = syscalls_at_start;
    std::ranges::copy(calls_at_start, the_run.calls.begin());
}

// Runs what was cut once more, with an eye on its states. It may have been cut by a violation that is ignored.
sim::verdict runner::judge_cut(const sim::verdict &cut, std::uint64_t number)
{
    if (the_run.steps <= how.limits.steps_max || sim::is_ignored("livelock"))
        return cut;
    replay_strategy again(sim::recorded_choices());
    the_run.listen = {};
    the_run.listen.on_schedule = sim::note_state;
    the_run.watching = 0;
    // The record is that of the first time. It does not grow, as its length would be left in registers, hence on
    // stacks, and make equal states differ.
    std::byte *record_end = the_run.record_end;
    begin(again, number);
    the_run.record_end = record_end;
    the_run.recorded = 0;
    watch_for_livelock();
    run_to_the_end(*how.which);
    the_run.recorded = 1;
    return find_livelock().value_or(cut);
}

verdict runner::run_watched(sim::strategy &chooser, std::uint64_t number)
{
    the_run.watching = how.watch;
    begin(chooser, number);
    begin_observing();
    return run_to_the_end(*how.which);
}

run_result runner::run_phases(sim::strategy &chooser, std::uint64_t number)
{
    run_result result;
    sim::the_stack_words.news = false;
    result.verdict = run_watched(chooser, number);
    if (sim::the_stack_words.pass_over && sim::the_stack_words.news) {
        // The watcher of races has passed over words that matter.
        replay_strategy again(sim::recorded_choices());
        result.verdict = run_watched(again, number);
    }
    if (result.verdict.kind == verdict_kind::step_limit)
        result.verdict = judge_cut(result.verdict, number);
    seal(result, number);
    result.seen = &observed();
    return result;
}

void runner::begin_search(sim::strategy &chooser)
{
    constexpr unsigned spare_objects = 6; // of each kind; beyond them addresses depend on the order of the allocations
    start.restore();
    kernel::reserve_objects(spare_objects);
    kernel::reserve_frames(spare_objects);
    reserve_calls();
    the_run.limits = how.limits;
    the_run.points = how.points;
    // Clocks are those of one schedule; the search compares steps instead.
    the_run.watching = (how.watch & ~sim::watch_races) | sim::watch_footprint;
    the_run.listen = {};
    if (how.checks == check_level::steps) {
        the_run.listen.on_event = follow_event;
        the_run.listen.on_step = check_step;
    }
    sim::begin_run(chooser, 0);
    std::ranges::copy(calls_at_start, the_run.calls.begin());
    sim::go_stepwise(true);
}

verdict runner::judge_world()
{
    sim::go_stepwise(false);
    the_run.steps = 0;
    the_run.ended = false;
    the_run.limits = beside_the_run(how.limits);
    verdict found = judge(*how.which);
    the_run.limits = how.limits;
    sim::go_stepwise(true);
    return found;
}

void runner::end_search()
{
    sim::go_stepwise(false);
}

run_result runner::run(sim::strategy &chooser, std::uint64_t number)
{
    the_run.listen = listeners_for(how.checks, false);
    sim::the_stack_words.pass_over = true;
    return run_phases(chooser, number);
}

run_result runner::run_recorded(sim::strategy &chooser, std::uint64_t number, recorder &log)
{
    active_recorder = &log;
    the_run.listen = listeners_for(how.checks, true);
    sim::the_stack_words.pass_over = false; // what is recorded is run once
    run_result result = run_phases(chooser, number);
    active_recorder = nullptr;
    return result;
}

std::vector<std::string> runner::task_names() const
{
    start.restore();
    std::vector<std::string> names;
    const sim::world &w = sim::the_world();
    for (unsigned i = 0; i < w.task_count; ++i)
        names.emplace_back(w.tasks[i].name);
    return names;
}

} // namespace interfuse
