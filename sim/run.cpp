// The scheduler: points, choices, switching, and the ends of a run.
#include "sim/run.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <string_view>

#include "sim/fault.hpp"
#include "sim/fiber.hpp"
#include "sim/happens_before.hpp"
#include "sim/held_locks.hpp"
#include "sim/lock_order.hpp"
#include "sim/lockless_need.hpp"
#include "sim/made_tasks.hpp"
#include "sim/oops.hpp"
#include "sim/races.hpp"
#include "sim/shadow.hpp"

namespace sim {

constinit run_state the_run; // before the static initialisers of the core, which count their accesses

std::string_view name_of(verdict_kind kind)
{
    static constexpr std::array<std::string_view, 8> names = {"done", "hung", "stalled",     "violation",
                                                              "bug",  "oops", "soft lockup", "step limit"};
    return names[static_cast<unsigned>(kind)];
}

namespace {

[[noreturn]] void leave_run()
{
    the_run.ended = true;
    if (the_run.on_host_stack)
        longjmp(the_run.escape, 1);
    void *abandoned = nullptr;
    switch_context(the_run.host_context, &abandoned);
    __builtin_unreachable();
}

// The machine the tool is built for need not have a population count; masks have few bits.
unsigned count_bits(std::uint64_t mask)
{
    unsigned count = 0;
    for (; mask != 0; mask &= mask - 1)
        ++count;
    return count;
}

unsigned nth_task(std::uint64_t mask, unsigned n)
{
    for (; n > 0; --n)
        mask &= mask - 1;
    return static_cast<unsigned>(std::countr_zero(mask));
}

bool is_single(std::uint64_t mask)
{
    return (mask & (mask - 1)) == 0;
}

// Asks the strategy and records the answer. REQUIRES: two alternatives at least, in a run.
[[gnu::always_inline]] inline unsigned ask(choice_kind kind, unsigned alternatives)
{
    run_state &run = the_run;
    unsigned answer = run.chooser->choose(kind, alternatives);
    if (run.record_limit - run.record_end < 3) [[unlikely]]
        record_overflow();
    run.record_end[0] = static_cast<std::byte>(0x80 | static_cast<unsigned>(kind));
    run.record_end[1] = static_cast<std::byte>(alternatives);
    run.record_end[2] = static_cast<std::byte>(answer);
    run.record_end += 3 * run.recorded;
    return answer;
}

// The task that goes on when the running one cannot. Outside runs one task goes on at a time, in index order.
unsigned pick_successor(std::uint64_t runnable)
{
    if (is_single(runnable) || the_run.now != phase::running)
        return static_cast<unsigned>(std::countr_zero(runnable));
    return nth_task(runnable, ask(choice_kind::schedule, count_bits(runnable)));
}

[[noreturn, gnu::cold, gnu::noinline]] void cut_run()
{
    report({verdict_kind::step_limit, "", "the run was cut after its limit of steps", {}});
}

void call_step_listener()
{
    run_state &run = the_run;
    if (run.listen.on_step == nullptr)
        return;
    run.in_listener = true;
    run.listen.on_step();
    run.in_listener = false;
}

[[gnu::always_inline]] inline void begin_step()
{
    run_state &run = the_run;
    the_world().after_acquire = false;
    run.accesses_left = run.limits.accesses_max;
    if (++run.steps > run.limits.steps_max) [[unlikely]]
        cut_run();
    if (run.steps_heard)
        call_step_listener();
}

void note_scheduled(unsigned next)
{
    if (the_run.steps_heard && the_run.listen.on_schedule != nullptr) [[unlikely]]
        the_run.listen.on_schedule(next, the_world().runnable);
}

void become(world &w, unsigned task)
{
    w.current = static_cast<std::uint16_t>(task);
    the_run.calls_now = &the_run.calls[task];
}

// Gives control to the host between two steps of a search.
void hand_over(world &w, void **from)
{
    w.after_acquire = false;
    become(w, tasks_max);
    switch_context(the_run.host_context, from);
}

// Continues with another task, or with the host when nobody can run. REQUIRES: the running task is not runnable.
void leave_processor(void **from)
{
    world &w = the_world();
    if (the_run.stepwise) [[unlikely]] {
        hand_over(w, from);
        return;
    }
    begin_step();
    if (w.runnable == 0) {
        become(w, tasks_max);
        switch_context(the_run.host_context, from);
        return;
    }
    unsigned next = pick_successor(w.runnable);
    note_scheduled(next);
    become(w, next);
    switch_context(w.tasks[next].context, from);
}

} // namespace

void run_task_body()
{
    world &w = the_world();
    unsigned self = w.current;
    emit(event_kind::task_start, nullptr, 0, place::here());
    w.tasks[self].body(w.tasks[self].closure);
    emit(event_kind::task_end, nullptr, 0, place::here());
    w.tasks[self].status = task_status::ended;
    w.runnable &= ~(std::uint64_t{1} << self);
    leave_processor(&w.tasks[self].context);
    internal_error("an ended task was continued");
}

unsigned start_task(const char *name, void (*body)(void *), const void *closure, std::size_t closure_bytes)
{
    world &w = the_world();
    require(w.task_count < tasks_max, "a scenario starts more tasks than a world has room for");
    unsigned index = w.task_count++;
    task &t = w.tasks[index];
    t = task{};
    std::strncpy(t.name, name, sizeof t.name - 1);
    t.body = body;
    t.closure = allocate(closure_bytes);
    std::memcpy(t.closure, closure, closure_bytes);
    t.status = task_status::runnable;
    clear_floating_point_flags();
    t.context = make_context(index);
    note_made_task(index, closure_bytes);
    the_run.calls[index].depth = the_run.calls[index].numbered = 0;
    order_task_after(index);
    if (w.shadowed)
        reset_frames_of(index);
    w.runnable |= std::uint64_t{1} << index;
    return index;
}

void block(const char *why, const void *object)
{
    world &w = the_world();
    task &self = w.tasks[w.current];
    self.status = task_status::blocked;
    self.waiting_why = why;
    self.waiting_for = object;
    w.runnable &= ~(std::uint64_t{1} << w.current);
    leave_processor(&self.context);
}

void hold_back(unsigned index, const char *why, const void *object)
{
    world &w = the_world();
    task &t = w.tasks[index];
    t.status = task_status::blocked;
    t.waiting_why = why;
    t.waiting_for = object;
    w.runnable &= ~(std::uint64_t{1} << index);
}

void wait_at_gate(const std::uint16_t *gate, const char *why, const void *object)
{
    world &w = the_world();
    task &self = w.tasks[w.current];
    self.gate = gate;
    self.gate_why = why;
    self.gate_of = object;
    point();
    self.gate = nullptr;
    self.gate_why = nullptr;
    self.gate_of = nullptr;
}

void block_at_gates()
{
    world &w = the_world();
    for (unsigned index = 0; index < w.task_count; ++index) {
        const task &t = w.tasks[index];
        if (t.status == task_status::runnable && t.gate != nullptr && *t.gate != 0)
            hold_back(index, t.gate_why, t.gate_of);
    }
}

void make_runnable(unsigned index)
{
    world &w = the_world();
    task &t = w.tasks[index];
    if (t.status != task_status::blocked)
        return;
    t.status = task_status::runnable;
    t.waiting_why = nullptr;
    t.waiting_for = nullptr;
    w.runnable |= std::uint64_t{1} << index;
}

// The rest of a point where somebody else could take the next step.
static void choose_and_go_on(world &w, unsigned self, std::uint64_t others)
{
    unsigned answer = ask(choice_kind::preempt, count_bits(others) + 1);
    unsigned next = answer == 0 ? self : nth_task(others, answer - 1);
    note_scheduled(next);
    if (next == self)
        return;
    become(w, next);
    switch_context(w.tasks[next].context, &w.tasks[self].context);
}

void point()
{
    world &w = the_world();
    unsigned self = w.current;
    if (the_run.stepwise) [[unlikely]] {
        hand_over(w, &w.tasks[self].context);
        return;
    }
    begin_step();
    std::uint64_t others = w.runnable & ~(std::uint64_t{1} << self);
    if (others != 0 && the_run.now == phase::running)
        choose_and_go_on(w, self, others);
    else
        note_scheduled(self);
}

unsigned choose(choice_kind kind, unsigned alternatives)
{
    if (alternatives < 2 || the_run.now != phase::running)
        return 0;
    require(alternatives <= alternatives_max, "a choice has more alternatives than a trace can hold");
    return ask(kind, alternatives);
}

void begin_run(strategy &chooser, std::uint64_t number)
{
    run_state &run = the_run;
    if (!run.record)
        run.record = std::make_unique<std::byte[]>(record_bytes_max);
    run.record_end = run.record.get();
    run.record_limit = run.record_end + record_bytes_max;
    run.steps = 0;
    run.ended = false;
    run.in_listener = false;
    run.steps_heard = run.listen.on_step != nullptr || run.listen.on_schedule != nullptr;
    run.events_heard = run.listen.on_event != nullptr || run.listen.on_log != nullptr || (run.watching & watch_all) != 0;
    run.chooser = &chooser;
    run.syscalls = {};
    for (unsigned i = 0; i < the_world().task_count; ++i)
        run.calls[i].depth = run.calls[i].numbered = 0;
    begin_held_locks();
    if ((run.watching & watch_locks) != 0)
        begin_lock_order();
    begin_lockless_needs();
    if ((run.watching & watch_races) != 0)
        begin_races();
    chooser.begin(number);
    catch_faults();
}

bool run_tasks(phase now)
{
    run_state &run = the_run;
    world &w = the_world();
    if (w.runnable == 0)
        return true;
    run.now = now;
    run.accesses_left = run.limits.accesses_max;
    clear_floating_point_flags();
    if (setjmp(run.escape) == 0) {
        unsigned next = pick_successor(w.runnable);
        note_scheduled(next);
        become(w, next);
        switch_context(w.tasks[next].context, &run.host_context);
    }
    run.now = phase::host;
    become(w, tasks_max);
    return !run.ended;
}

void go_stepwise(bool stepwise)
{
    the_run.stepwise = stepwise;
    the_run.recorded = stepwise ? 0 : 1;
    the_run.record_end = the_run.record.get();
}

bool take_step(unsigned task)
{
    run_state &run = the_run;
    world &w = the_world();
    run.now = phase::running;
    run.ended = false;
    run.core_wrote = true;
    run.accesses_left = run.limits.accesses_max;
    wipe_below(w.tasks[task].context, wiped_bytes);
    if (setjmp(run.escape) == 0) {
        become(w, task);
        switch_context(w.tasks[task].context, &run.host_context);
        run.on_host_stack = true;
        w.current = static_cast<std::uint16_t>(task);
        call_step_listener();
    }
    run.on_host_stack = false;
    run.in_listener = false;
    run.now = phase::host;
    become(w, tasks_max);
    return !run.ended;
}

void yield_to_host(const char *why)
{
    world &w = the_world();
    task &self = w.tasks[w.current];
    self.status = task_status::blocked;
    self.waiting_why = why;
    w.runnable &= ~(std::uint64_t{1} << w.current);
    become(w, tasks_max);
    switch_context(the_run.host_context, &self.context);
}

bool is_ignored(std::string_view invariant)
{
    return std::ranges::find(the_run.ignored, invariant) != the_run.ignored.end();
}

verdict unless_ignored(verdict found)
{
    if (!is_ignored(found.invariant))
        return found;
    return {verdict_kind::step_limit, "", "the run was cut by something that is ignored", {}};
}

void report(verdict found)
{
    require(the_run.now != phase::host, "a finding is reported while no task runs");
    the_run.outcome = unless_ignored(std::move(found));
    leave_run();
}

void soft_lockup()
{
    std::vector<place> places = places_in_program(nullptr);
    report({verdict_kind::soft_lockup, "soft_lockup",
            "a step made more memory accesses than its bound; a loop does not end",
            places.empty() ? place{} : places.front()});
}

} // namespace sim
