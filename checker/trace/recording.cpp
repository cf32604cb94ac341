// Recording a run as a trace.
#include "checker/trace/recording.hpp"

#include "checker/invariants/invariant.hpp"
#include "sim/debug_info.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace interfuse {

void recording::step(unsigned task, std::uint64_t runnable)
{
    trace_step next;
    next.task = task;
    next.enabled = runnable;
    next.teardown = sim::the_run.now == sim::phase::teardown;
    next.setup = sim::the_run.now == sim::phase::setup;
    if (steps.size() % steps_between_hashes == 0)
        next.hash = semantic_hash();
    steps.push_back(std::move(next));
}

// A system call's object is its name.
static std::string object_name(const sim::event &what)
{
    bool named = what.kind == sim::event_kind::syscall || what.kind == sim::event_kind::syscall_end;
    return named ? static_cast<const char *>(what.object) : sim::name_of_object(what.object);
}

void recording::happened(unsigned, const sim::event &what)
{
    if (steps.empty())
        return;
    std::vector<trace_event> &events = steps.back().events;
    trace_event happened;
    happened.kind = what.kind;
    happened.object = object_name(what);
    happened.value = static_cast<std::int64_t>(what.value);
    happened.meaning = sim::name_of_value(what.object, what.value);
    if (what.pc != nullptr) {
        happened.by_pc = true;
        late.push_back({steps.size() - 1, events.size(), what.pc});
    } else {
        happened.where = copy_of(what.where);
    }
    events.push_back(std::move(happened));
}

std::vector<trace_step> recording::take_steps()
{
    for (const late_place &which : late) {
        const void *call = static_cast<const char *>(which.pc) - 1;
        steps[which.step].events[which.event].where = copy_of(sim::place_of(call));
    }
    late.clear();
    return std::move(steps);
}

static std::vector<std::string> names_of_tasks()
{
    std::vector<std::string> names;
    const sim::world &w = sim::the_world();
    for (unsigned i = 0; i < w.task_count; ++i)
        names.emplace_back(w.tasks[i].name);
    return names;
}

static recorded_run as_trace(const run_setup &how, const run_result &result, recording &log, std::uint64_t number)
{
    recorded_run recorded{{}, result};
    trace &t = recorded.what;
    t.tasks = names_of_tasks();
    t.choices = sim::recorded_choices();
    t.steps = log.take_steps();
    t.build = this_build();
    t.scenario = how.which->name;
    t.parameters = settings_of(*how.which, how.parameters);
    t.points = how.points;
    t.checks = how.checks;
    t.limits = how.limits;
    t.watch = how.watch;
    t.run = number;
    t.record = result.record_hash;
    t.verdict = {result.verdict.kind,           result.verdict.invariant, result.verdict.message,
                 copy_of(result.verdict.where), result.fingerprint,       result.verdict.caller};
    return recorded;
}

recorded_run record_run(runner &on, sim::strategy &chooser, std::uint64_t number)
{
    recording log;
    run_result result = on.run_recorded(chooser, number, log);
    return as_trace(on.setup(), result, log, number);
}

recorded_run record_broken_setup(const run_setup &how)
{
    recording log;
    run_result result = run_broken_setup(how, log);
    return as_trace(how, result, log, 0);
}

} // namespace interfuse
