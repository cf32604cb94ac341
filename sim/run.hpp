// One run of a world: phases, points, events, and how it ends. Nothing here belongs to the simulated state.
#pragma once

#include <array>
#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/choose.hpp"
#include "sim/event.hpp"
#include "sim/verdict.hpp"
#include "sim/watch.hpp"
#include "sim/world.hpp"

namespace sim {

enum class phase : std::uint8_t { host, setup, running, teardown };
enum class point_set : std::uint8_t { coarse, fine };

// What listens to a run, from its beginning to its end. Each may be null. They run on the stack of the current task and may call report().
struct listeners {
    void (*on_event)(const event &) = nullptr; // each event, after it took effect
    void (*on_step)() = nullptr;               // between two steps, before the next is chosen
    void (*on_log)(const event &) = nullptr;   // as on_event; only in runs that are recorded
    void (*on_schedule)(unsigned task, std::uint64_t runnable) = nullptr; // each step, only in runs that are recorded
};

struct run_limits {
    std::uint32_t steps_max = 20'000;
    std::uint32_t accesses_max = 50'000; // of one step
};

// Calls of instrumented functions that have not returned, of one task: the places they were called from. Of calls
// nested deeper than the bound the innermost are kept.
inline constexpr unsigned call_depth_max = 64;
struct call_stack {
    unsigned depth = 0;
    unsigned numbered = 0; // calls from the outermost on that are the same as when their chain was last numbered
    std::array<const void *, call_depth_max> callers = {}; // the call at depth i in callers[i % call_depth_max]
};

inline constexpr std::size_t record_bytes_max = 1 << 20;

// The run in progress. The record holds a byte for each event and three for each choice, in order; there is none where the host
// takes the steps, as its length would be left in registers, hence on stacks, and make equal worlds differ.
struct run_state {
    phase now = phase::host;
    point_set points = point_set::coarse;
    bool in_listener = false;
    bool steps_heard = false;  // somebody listens to steps or their scheduling
    bool events_heard = false; // somebody listens to events
    bool stepwise = false;     // the host takes the steps, one by one; see go_stepwise()
    std::uint8_t recorded = 1; // by so much the record grows for each of its bytes: 0 where there is none
    bool on_host_stack = false; // a listener runs between two of them
    watch_set watching = 0;  // who is told of each access of the program
    bool core_wrote = false; // to the heap, since a listener last cleared it
    std::int64_t accesses_left = std::numeric_limits<std::int64_t>::max(); // static initialisers of the core count too
    std::uint32_t steps = 0;
    run_limits limits;
    listeners listen;
    strategy *chooser = nullptr;
    std::byte *record_end = nullptr;
    std::byte *record_limit = nullptr;
    void *host_context = nullptr;
    std::array<call_stack, tasks_max + 1> calls = {}; // by task, the host last
    call_stack *calls_now = &calls.back();            // of whoever runs
    std::array<std::uint32_t, tasks_max> syscalls = {}; // that each task has begun in this run; of no world, as it only grows
    std::optional<verdict> outcome; // of an ended run
    std::span<const std::string> ignored; // what may be violated without being reported
    bool ended = false;
    std::unique_ptr<std::byte[]> record;
    jmp_buf escape = {}; // out of a faulting step, into the host
};
extern constinit run_state the_run;

// Starts a run's record; the world is in place and the host runs.
void begin_run(strategy &chooser, std::uint64_t number);

// Runs tasks until nobody can run, the run ended by a report, or a task called yield_to_host. Returns whether the
// run may go on, that is, was not ended by a report.
bool run_tasks(phase now);

// For a search over worlds. One runnable task goes on from where it stands to its next point or sleep or its end, and the
// host has control again; false if the run was ended by a report. So many bytes below the task's stack pointer are wiped
// before, so that what a step leaves there depends on the world alone. REQUIRES: the_run.stepwise.
inline constexpr std::size_t wiped_bytes = 4 * 1024;
bool take_step(unsigned task);
// From here on the host takes the steps, or no longer.
void go_stepwise(bool stepwise);

// Gives control back to the host, as a finished setup does; the task goes on when it is made runnable again.
void yield_to_host(const char *why);

// The choices of the run in progress or last ended, in order.
std::vector<choice> recorded_choices();
// XXH3 of the record: choices with kind, alternatives and answer, and kinds of events.
std::uint64_t record_hash(std::uint64_t seed);

// The places, innermost first, in the program under test rather than in the simulator, that the running task is in:
// at pc, unless that is null, and at the calls that have not returned.
std::vector<place> places_in_program(const void *pc);
// The same of any task.
std::vector<place> places_in_program(const void *pc, unsigned task);

// Whether violations of this rule or invariant are passed over, as if nobody checked it. Whoever can go on after a
// violation asks before it reports.
[[gnu::cold]] bool is_ignored(std::string_view invariant);

// The verdict, or that the run was cut where the verdict is ignored.
verdict unless_ignored(verdict found);

// Ends the run with a finding. Called by a task or by a listener on its stack. One that is ignored cuts the run short.
[[noreturn, gnu::cold]] void report(verdict found);

// Scheduling points, called by the fakes before an operation. They are placed as in DESIGN: coarse points suffice
// for programs without data races; fine ones stand before every primitive.
void point();

inline void point_before_operation()
{
    world &w = the_world();
    if (w.after_acquire && the_run.points == point_set::coarse) {
        w.after_acquire = false;
        return;
    }
    point();
}

inline void fine_point()
{
    if (the_run.points == point_set::fine)
        point();
}

[[noreturn, gnu::cold]] void record_overflow();
void notify(const event &happened);

inline void emit(event_kind kind, const void *object, std::uint64_t value, place where, const void *pc = nullptr)
{
    run_state &run = the_run;
    if (run.record_end == run.record_limit) [[unlikely]]
        record_overflow();
    *run.record_end = static_cast<std::byte>(kind);
    run.record_end += run.recorded;
    if (run.events_heard)
        notify({kind, object, value, where, pc});
}

// What a fake does before it follows what it has found in an object of the program's; the event of that kind comes afterwards.
// Freed memory holds POISON_FREE and would lead the fake anywhere, so the memory watcher judges the object first. Needless
// where that leads straight to the event, whose object is judged too.
void judge_object(const event &to_come);
inline void announce(event_kind kind, const void *object, place where)
{
    if ((the_run.watching & watch_memory) != 0) [[unlikely]]
        judge_object({kind, object, 0, where, nullptr});
}

// Where no event follows: the bytes that it loads or stores on the program's behalf.
void judge_bytes(const void *start, std::size_t bytes, bool write, const place &where);
inline void announce_access(const void *start, std::size_t bytes, bool write, place where)
{
    if ((the_run.watching & watch_memory) != 0) [[unlikely]]
        judge_bytes(start, bytes, write, where);
}

// Counts accesses of the core within a step; an endless walk ends as a soft lockup.
[[noreturn, gnu::cold]] void soft_lockup();
inline void count_access()
{
    if (--the_run.accesses_left < 0) [[unlikely]]
        soft_lockup();
}

} // namespace sim
