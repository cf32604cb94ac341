// Which events are followed by whom, and when the invariants are checked.
#include "checker/invariants/ghost.hpp"

#include <vector>

#include "checker/invariants/calls.hpp"
#include "checker/invariants/census.hpp"
#include "checker/invariants/contract.hpp"
#include "checker/invariants/copying.hpp"
#include "checker/invariants/following.hpp"
#include "checker/invariants/invariant.hpp"
#include "checker/invariants/stale_bytes.hpp"
#include "checker/invariants/writers.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

// Where the last event happened: where a violation is found.
sim::place last_place;

void report_if(const invariant &i, std::optional<broken> found)
{
    const sim::place &where = i.what == looks_at::counters ? ghost().counted_at : last_place;
    if (found && !sim::is_ignored(i.name))
        sim::report({sim::verdict_kind::violation, i.name, std::move(found->message), where});
}

// The invariants of one kind, found once.
std::span<const invariant *const> all_that_look_at(looks_at what)
{
    static const std::array<std::vector<const invariant *>, looks> by_kind = [] {
        std::array<std::vector<const invariant *>, looks> found;
        for (const invariant &i : all_invariants())
            found[static_cast<unsigned>(i.what)].push_back(&i);
        return found;
    }();
    return by_kind[static_cast<unsigned>(what)];
}

void check(looks_at what)
{
    for (const invariant *i : all_that_look_at(what))
        report_if(*i, i->check());
}

void check_connection(looks_at what, const connection_ghost &c)
{
    for (const invariant *i : all_that_look_at(what))
        report_if(*i, i->check_connection(c));
}

// Where nothing changed that an invariant looks at, it holds as before.
void check_what_changed()
{
    ghost_state &g = the_ghost.get();
    if (g.copying_touched) {
        g.copying_touched = false;
        check(looks_at::copying);
    }
    if ((g.touched == 0 && !g.counters_touched) || any_connection_locked())
        return;
    check(looks_at::counts);
    g.touched = 0;
    if (!g.counters_touched)
        return;
    g.counters_touched = false;
    for (const connection_ghost &c : known_connections())
        if (c.live)
            check_connection(looks_at::counters, c);
    g.counted_at = {};
}

// In a search nobody remembers from step to step that something changed while a lock was held, as that would make steps depend
// on each other that do not: the unlock has everything checked.
void touch_everything()
{
    ghost_state &g = the_ghost.get();
    for (unsigned slot = 0; slot < g.requests_high; ++slot)
        if (g.requests[slot].req != nullptr)
            g.touched |= slot_bit(slot);
    g.counters_touched = true;
}

void forget_what_changed()
{
    ghost_state &g = the_ghost.get();
    g.touched = 0;
    g.counters_touched = false;
    g.counted_at = {};
}

void released(connection_ghost &c, const sim::event &what)
{
    follow_unlock(c);
    follow_poll(c, what);
    if (c.refuses)
        judge_refused(c, what);
    if (c.wrote || the_ghost->touched != 0 || sim::the_run.stepwise) {
        take_census(c);
        check_connection(looks_at::lists, c);
        c.before = c.now; // judged; nothing depends on what was before that
    }
    if (sim::the_run.stepwise)
        touch_everything();
    check_what_changed();
    // What was kept for the unlock is over, so that equal worlds are equal.
    c.wrote = false;
    c.returned = false;
    c.dying = false;
    c.debt = 0;
}

void follow_atomic(const sim::event &what)
{
    if (request_ghost *r = find_changing_request(what.object)) {
        if (what.object == &r->req->count)
            follow_count(*r, what);
    } else if (connection_ghost *c = find_connection(what.object)) {
        if (what.object == &c->fc->num_waiting) {
            changing_ghost().counted_at = what.where;
            follow_num_waiting(*c, what);
        }
    } else if (what.kind == sim::event_kind::atomic_set) {
        learn_connection(what.object);
    }
}

void follow_store(const sim::event &what)
{
    if (request_ghost *r = find_changing_request(what.object)) {
        note_write(what.object, what);
        if (what.object == &r->req->state)
            follow_state(*r, what);
        else if (what.object == &r->req->locked)
            follow_locked(*r, what);
    } else if (connection_ghost *c = find_connection(what.object)) {
        note_write(what.object, what);
        if (what.object == &c->fc->connected)
            follow_disconnection(*c, what);
    }
}

void follow_connection(const sim::event &what)
{
    connection_ghost *c = find_connection(what.object);
    if (c == nullptr)
        return;
    using sim::event_kind;
    if (what.object == &c->fc->lock) {
        if (what.kind == event_kind::lock)
            follow_lock(*c, what);
        else if (c->live)
            released(*c, what);
    } else if (what.object == &c->fc->outstanding_sem) {
        changing_ghost().counted_at = what.where;
        follow_semaphore(*c, what);
    } else if (what.object == &c->fc->kobj) {
        c->live = false; // the last reference: from here on it is taken apart without the lock
    }
}

} // namespace

bool any_connection_locked()
{
    for (const connection_ghost &c : known_connections())
        if (c.fc != nullptr && kernel::spin_is_locked(&c.fc->lock))
            return true;
    return false;
}

void violated(const char *invariant, std::string message, const sim::event &at)
{
    if (!sim::is_ignored(invariant))
        sim::report({sim::verdict_kind::violation, invariant, std::move(message), at.where});
}

void follow_event_slowly(const sim::event &what)
{
    using sim::event_kind;
    if (what.where.line() != 0)
        last_place = what.where;
    switch (what.kind) {
    case event_kind::alloc:
        follow_birth(what.object);
        return;
    case event_kind::free:
        if (find_changing_request(what.object) != nullptr)
            changing_ghost().counted_at = what.where;
        follow_death(what);
        return;
    case event_kind::syscall:
        follow_call_begin();
        return;
    case event_kind::syscall_end:
        follow_call_end(what);
        return;
    case event_kind::page_dirty:
        follow_page_flag(what);
        return;
    case event_kind::ref_put:
        follow_file_put(what);
        return;
    case event_kind::ref_last:
        follow_file_put(what);
        follow_connection(what);
        return;
    case event_kind::ref_get:
        follow_file_found(what);
        return;
    case event_kind::alloc_failed:
        follow_memory_failure();
        return;
    case event_kind::atomic_set:
    case event_kind::atomic_inc:
    case event_kind::atomic_dec:
        follow_atomic(what);
        return;
    case event_kind::store:
        follow_store(what);
        return;
    case event_kind::call:
        if (request_ghost *r = find_changing_request(what.object))
            follow_end_call(*r, what);
        return;
    case event_kind::lock:
    case event_kind::unlock:
    case event_kind::down:
    case event_kind::down_failed:
    case event_kind::up:
        follow_connection(what);
        return;
    case event_kind::bad_address:
        follow_memory_failure();
        follow_user_memory(what);
        return;
    case event_kind::page_fault:
        follow_page_fault();
        follow_user_memory(what);
        return;
    case event_kind::read_lock:
        follow_user_memory(what);
        return;
    default:
        return;
    }
}

std::optional<sim::verdict> check_end()
{
    for (const invariant &i : all_invariants())
        if (i.what == looks_at::end && i.check != nullptr)
            if (std::optional<broken> found = i.check(); found && !sim::is_ignored(i.name))
                return sim::verdict{sim::verdict_kind::violation, i.name, std::move(found->message), {}};
    return std::nullopt;
}

void check_step()
{
    const ghost_state &g = the_ghost.get();
    if (g.touched != 0 || g.counters_touched || g.copying_touched)
        check_what_changed();
    if (sim::the_run.stepwise && (g.touched != 0 || g.counters_touched))
        forget_what_changed();
}

} // namespace interfuse
