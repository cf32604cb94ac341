// Events on their way to those who follow them.
#include <cstring>

#include "sim/happens_before.hpp"
#include "sim/held_locks.hpp"
#include "sim/lock_order.hpp"
#include "sim/run.hpp"
#include "sim/shadow_footprint.hpp"
#include "sim/step_accesses.hpp"

namespace sim {

// Who watches the order of what happens; both go by what was held before.
static void follow_locks(const event &happened)
{
    if ((the_run.watching & (watch_races | watch_steps)) != 0)
        follow_order(happened);
    if (!is_of_lock(happened.kind))
        return;
    if ((the_run.watching & watch_locks) != 0)
        follow_lock_order(happened);
    if ((the_run.watching & (watch_races | watch_locks)) != 0)
        follow_held_locks(happened);
}

static void look_at_marks(const event &what)
{
    note_marks_of(what.object, 1);
    if (is_closed(what.object)) [[unlikely]]
        closed_object_touched(what);
}

static void tell_listeners(const event &happened)
{
    run_state &run = the_run;
    if ((run.watching & watch_memory) != 0)
        look_at_marks(happened);
    if (run.watching != 0)
        follow_locks(happened);
    run.in_listener = true;
    if (run.listen.on_event)
        run.listen.on_event(happened);
    if (run.listen.on_log)
        run.listen.on_log(happened);
    run.in_listener = false;
}

// What listeners leave on the stack of a task would be part of the frames it builds there next, and tell worlds apart that
// are equal.
[[gnu::noinline]] static void wipe_what_listeners_left()
{
    std::byte frame[1024];
    std::memset(frame, 0, sizeof frame);
    asm volatile("" : : "r"(frame) : "memory");
}

void notify(const event &happened)
{
    tell_listeners(happened);
    if (the_run.stepwise)
        wipe_what_listeners_left();
}

void judge_object(const event &to_come)
{
    look_at_marks(to_come);
    if (the_run.stepwise)
        wipe_what_listeners_left();
}

void judge_bytes(const void *start, std::size_t bytes, bool write, const place &where)
{
    note_marks_of(start, bytes);
    closed_bytes_touched({start, bytes, write, nullptr}, where);
    if (the_run.stepwise)
        wipe_what_listeners_left();
}

} // namespace sim
