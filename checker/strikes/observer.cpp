// Strikes, told from the state of the requests when something happens to them.
#include "checker/strikes/observer.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <string_view>

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/transitions.hpp"
#include "sim/fault.hpp"
#include "sim/kernel/fs.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/syscall.hpp"
#include "sim/run.hpp"

namespace interfuse {

bool seeks_passages = false;

namespace {

// Of the run in progress; history, so not in the world.
observation seen;
std::span<const goal> sought;
bool seeks_happenings = false;

void note(const strike &what)
{
    seen.add(what);
    for (unsigned i = 0; i < sought.size(); ++i) {
        auto wanted = std::get_if<strike>(&sought[i].when);
        if (wanted != nullptr && wanted->by == what.by && wanted->at == what.at &&
            (wanted->opcode == 0 || wanted->opcode == what.opcode))
            seen.reach(i);
    }
}

request_stage stage_of(const request_ghost &r)
{
    switch (r.state) {
    case fuse::FUSE_REQ_INIT:
        return request_stage::prepared;
    case fuse::FUSE_REQ_PENDING:
        return request_stage::pending;
    case fuse::FUSE_REQ_READING:
        return request_stage::reading;
    case fuse::FUSE_REQ_SENT:
        if (is_being_copied(*r.req))
            return request_stage::replying;
        return r.req->interrupted ? request_stage::left_behind : request_stage::sent;
    default:
        return request_stage::finished;
    }
}

void strike_request(disturbance by, const request_ghost &r)
{
    unsigned opcode = r.req->in.h.opcode;
    note({by, stage_of(r), opcode < opcodes ? opcode : 0});
}

// The request that a task copies, else the one it waits for or has an answer to, else the one of the pool that it
// prepares; or null.
const request_ghost *request_of(unsigned task)
{
    const ghost_state &g = ghost();
    const request_ghost *own = nullptr;
    const request_ghost *prepared = nullptr;
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        if (r.req == nullptr)
            continue;
        if (r.copier == task)
            return &r;
        if (r.requester == task)
            own = &r;
        else if (r.creator == task && r.used && r.req->preallocated && r.state == fuse::FUSE_REQ_INIT)
            prepared = &r;
    }
    return own != nullptr ? own : prepared;
}

bool waits_for_request(unsigned task, const fuse::fuse_conn *fc)
{
    const kernel::task_struct *waiting = kernel::task_of(task);
    return waiting != nullptr && waiting->sleeps_on == &fc->outstanding_sem;
}

void strike_list(disturbance by, const kernel::list_head &list)
{
    const kernel::list_head *entry = list.next;
    for (unsigned n = 0; entry != &list && n < ghost_requests_max; ++n, entry = entry->next)
        if (const request_ghost *r = find_request(entry))
            strike_request(by, *r);
}

// Whether a request has been taken for somebody who has not sent it yet. Those of the pool are taken from their list;
// those that lie ready in inodes and files say nothing before that.
bool is_prepared(const request_ghost &r, const connection_ghost &of)
{
    bool taken = r.req->preallocated ? (of.now.on[static_cast<unsigned>(list_of::unused)] & slot_bit(slot_of(r))) == 0
                                     : r.req->in.h.opcode != 0;
    return r.state == fuse::FUSE_REQ_INIT && r.creator != nobody && taken;
}

// A request that is not sent yet or finished is on no list, so that of several connections nobody can say whose it is.
void strike_unlisted(disturbance by)
{
    const ghost_state &g = ghost();
    const connection_ghost *only = nullptr;
    unsigned connections = 0;
    for (const connection_ghost &c : g.connections) {
        if (c.fc == nullptr)
            continue;
        only = &c;
        ++connections;
    }
    for (unsigned i = 0; connections == 1 && i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        if (r.req == nullptr || r.owned == 0)
            continue;
        if (r.state == fuse::FUSE_REQ_FINISHED || is_prepared(r, *only))
            strike_request(by, r);
    }
}

void strike_connection(disturbance by, const fuse::fuse_conn *fc)
{
    for (unsigned task = 0; task < sim::the_world().task_count; ++task)
        if (waits_for_request(task, fc))
            note({by, request_stage::waiting});
    for (const kernel::list_head *list : {&fc->pending, &fc->io, &fc->processing})
        strike_list(by, *list);
    strike_unlisted(by);
}

// The connection of the device that the task's process has open, or null.
const fuse::fuse_conn *served_by(const kernel::task_struct *task)
{
    if (task->files == nullptr)
        return nullptr;
    for (const kernel::file *filp : task->files->fd)
        if (filp != nullptr && filp->f_op == &fuse::fuse_dev_operations)
            return static_cast<const fuse::fuse_conn *>(filp->private_data.peek());
    return nullptr;
}

bool strike_waiting(disturbance by, unsigned task)
{
    for (const connection_ghost &c : known_connections()) {
        const fuse::fuse_conn *fc = c.fc;
        if (fc == nullptr || !waits_for_request(task, fc))
            continue;
        note({by, request_stage::waiting});
        return true;
    }
    return false;
}

void follow_signal(const kernel::task_struct *victim, int sig)
{
    disturbance by = sig == SIGKILL ? disturbance::kill : disturbance::signal;
    const fuse::fuse_conn *served = served_by(victim);
    const request_ghost *r = request_of(victim->index);
    if (strike_waiting(by, victim->index))
        return;
    if (r != nullptr && r->copier != victim->index)
        strike_request(by, *r);
    else if (served != nullptr && by == disturbance::kill)
        strike_connection(disturbance::daemon_kill, served);
}

void strike_current(disturbance by)
{
    const request_ghost *r = request_of(sim::current_task());
    if (r != nullptr)
        strike_request(by, *r);
    else
        note({by, request_stage::none});
}

request_stage stage_after(std::uint64_t state)
{
    static constexpr std::array<request_stage, 5> stages = {request_stage::prepared, request_stage::pending,
                                                            request_stage::reading, request_stage::sent,
                                                            request_stage::finished};
    return state < stages.size() ? stages[state] : request_stage::none;
}

void follow_passage(const sim::event &what)
{
    const request_ghost *r = find_request(what.object);
    if (r == nullptr || what.object != &r->req->state)
        return;
    for (unsigned i = 0; i < sought.size(); ++i) {
        auto wanted = std::get_if<passage>(&sought[i].when);
        if (wanted != nullptr && wanted->from == stage_after(r->state) && wanted->to == stage_after(what.value) &&
            (wanted->opcode == 0 || wanted->opcode == r->req->in.h.opcode))
            seen.reach(i);
    }
}

void follow_store(const sim::event &what)
{
    if (seeks_passages)
        follow_passage(what);
    if (what.value != 0)
        return;
    for (const connection_ghost &c : known_connections()) {
        const fuse::fuse_conn *fc = c.fc;
        if (fc == nullptr || what.object != &fc->connected)
            continue;
        std::string_view function = what.where.function();
        if (function == "fuse_abort_conn")
            strike_connection(disturbance::abort, fc);
        else if (function == "fuse_dev_release")
            strike_connection(disturbance::close, fc);
        else
            strike_connection(disturbance::shutdown, fc);
    }
}

void follow_mark(const sim::event &what)
{
    if (!sim::in_arena(what.object)) {
        std::string_view name = static_cast<const char *>(what.object);
        for (unsigned i = 0; i < sought.size(); ++i)
            if (std::holds_alternative<announcement>(sought[i].when) && name == sought[i].name)
                seen.reach(i);
        return;
    }
    kernel::slab_address slab = kernel::find_slab_object(what.object);
    if (slab.cache == nullptr || std::strcmp(slab.cache->name, "mnt_cache") != 0)
        return;
    auto mount = reinterpret_cast<const kernel::vfsmount *>(slab.object());
    strike_connection(disturbance::unmount, static_cast<const fuse::fuse_conn *>(mount->mnt_sb->s_fs_info));
}

void follow_happening(const sim::event &what)
{
    for (unsigned i = 0; i < sought.size(); ++i) {
        auto wanted = std::get_if<happening>(&sought[i].when);
        if (wanted != nullptr && wanted->kind == what.kind && wanted->function == what.where.function())
            seen.reach(i);
    }
}

} // namespace

void seek(std::span<const goal> goals)
{
    sought = goals;
    seeks_happenings =
        std::ranges::any_of(goals, [](const goal &g) { return std::holds_alternative<happening>(g.when); });
    observed_kinds = always_observed;
    for (const goal &g : goals)
        if (auto wanted = std::get_if<happening>(&g.when))
            observed_kinds |= std::uint64_t{1} << static_cast<unsigned>(wanted->kind);
    seeks_passages = std::ranges::any_of(goals, [](const goal &g) { return std::holds_alternative<passage>(g.when); });
}

void begin_observing()
{
    seen.clear();
}

const observation &observed()
{
    return seen;
}

void observe_slowly(const sim::event &what)
{
    if (sim::the_run.now != sim::phase::running)
        return;
    if (seeks_happenings)
        follow_happening(what);
    switch (what.kind) {
    case sim::event_kind::mark:
        follow_mark(what);
        break;
    case sim::event_kind::store:
        follow_store(what);
        break;
    case sim::event_kind::signal_send:
        follow_signal(static_cast<const kernel::task_struct *>(what.object), static_cast<int>(what.value));
        break;
    case sim::event_kind::page_fault:
        strike_current(disturbance::page_fault);
        break;
    case sim::event_kind::bad_address:
        strike_current(disturbance::bad_address);
        break;
    case sim::event_kind::alloc_failed:
        strike_current(disturbance::failed_allocation);
        break;
    default:
        break;
    }
}

} // namespace interfuse
