// Following system calls.
#include "checker/invariants/calls.hpp"

#include <poll.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "checker/invariants/contract.hpp"
#include "checker/invariants/disconnection.hpp"
#include "checker/invariants/following.hpp"
#include "checker/invariants/ledger.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/kernel/sched.hpp"

namespace interfuse {

namespace {

// Allocated with a task's first system call: most worlds have few tasks.
const sim::per_world<std::array<call_ghost *, ghost_tasks>> calls;

call_ghost &own_call()
{
    call_ghost *&own = calls.get()[sim::current_task()];
    if (own == nullptr)
        own = static_cast<call_ghost *>(sim::allocate(sizeof(call_ghost)));
    return *own;
}

bool any_is_dead()
{
    return std::ranges::any_of(known_connections(),
                               [](const connection_ghost &c) { return c.fc != nullptr && c.was_disconnected; });
}

call_kind kind_of(std::string_view name)
{
    if (name == "read" || name == "readv")
        return call_kind::read;
    if (name == "write" || name == "writev")
        return call_kind::write;
    return name == "poll" ? call_kind::poll : call_kind::other;
}

std::byte *user_page(const kernel::mm_struct &mm, std::uintptr_t address)
{
    std::uint64_t index = (address - kernel::user_base()) / kernel::PAGE_SIZE;
    if (address < kernel::user_base() || index >= mm.pages || mm.table[index].pg == nullptr)
        return nullptr;
    return mm.table[index].pg->data + (address - kernel::user_base()) % kernel::PAGE_SIZE;
}

bool copy_piece(const kernel::mm_struct &mm, std::uintptr_t from, std::byte *to, std::size_t bytes)
{
    while (bytes > 0) {
        const std::byte *at = user_page(mm, from);
        if (at == nullptr)
            return false;
        std::size_t piece = std::min<std::size_t>(bytes, kernel::PAGE_SIZE - (from - kernel::user_base()) % kernel::PAGE_SIZE);
        std::memcpy(to, at, piece);
        from += piece;
        to += piece;
        bytes -= piece;
    }
    return true;
}

// A request that the call hands out.
void took_to_read(call_ghost &call, const fuse::fuse_req &req)
{
    call.took = true;
    call.ended = false;
    call.interrupted = false;
    call.unique = req.in.h.unique;
    call.length = req.in.h.len;
    call.opcode = req.in.h.opcode;
    call.nodeid = req.in.h.nodeid;
    call.error = 0;
    call.argument = 0;
    bool is_pages = req.in.argpages && req.in.numargs == 1;
    if (req.in.numargs > 0 && !is_pages && req.in.args[0].size >= sizeof call.argument)
        std::memcpy(&call.argument, req.in.args[0].value, sizeof call.argument);
}

void let_go(call_ghost &call, const fuse::fuse_req &req, bool ended)
{
    call.took = true;
    call.ended = ended;
    call.interrupted = req.interrupted;
    call.unique = req.in.h.unique;
    call.opcode = req.in.h.opcode;
    call.nodeid = req.in.h.nodeid;
    call.error = req.out.h.error;
}

} // namespace

bool read_user_memory(const kernel::task_struct &task, std::size_t offset, void *to, std::size_t bytes)
{
    auto out = static_cast<std::byte *>(to);
    for (unsigned long i = 0; i < task.call.count && bytes > 0; ++i) {
        const iovec &segment = task.call.segments[i];
        std::size_t skipped = std::min<std::size_t>(offset, segment.iov_len);
        std::size_t piece = std::min<std::size_t>(bytes, segment.iov_len - skipped);
        if (!copy_piece(*task.mm, reinterpret_cast<std::uintptr_t>(segment.iov_base) + skipped, out, piece))
            return false;
        offset -= skipped;
        out += piece;
        bytes -= piece;
    }
    return bytes == 0;
}

void reserve_calls()
{
    for (unsigned task = 0; task < sim::the_world().task_count; ++task)
        if (call_ghost *&own = calls.get()[task]; own == nullptr)
            own = static_cast<call_ghost *>(sim::allocate(sizeof(call_ghost)));
}

void follow_call_begin()
{
    call_ghost &call = own_call();
    call = {};
    call.kind = call_kind::other;
    call.connection = nobody;
    call.cuts = nobody;
}

void follow_cut(const connection_ghost &c)
{
    own_call().cuts = static_cast<std::uint8_t>(&c - ghost().connections.data());
}

// put_super disconnects without ending anything: nobody waits any more then.
static void note_cut(const call_ghost &call, const sim::event &what)
{
    if (call.cuts == nobody)
        return;
    connection_ghost &c = changing_ghost().connections[call.cuts];
    if (!c.live || c.fc->mounted == 0)
        return;
    c.cut_off = true;
    // The lists are as they were when the lock was released last.
    if (std::optional<broken> found = check_cut_off(c))
        violated("cut_off", std::move(found->message), what);
}

void follow_file_found(const sim::event &what)
{
    const kernel::task_struct *self = kernel::task_of(sim::current_task());
    const kernel::file *filp = self->call.filp;
    call_ghost &call = own_call();
    if (filp == nullptr || what.object != &filp->f_count || filp->f_op != &fuse::fuse_dev_operations || call.on_device)
        return;
    call.on_device = true;
    call.kind = kind_of(self->syscall_name);
    const connection_ghost *c = find_connection(filp->private_data.peek());
    if (c == nullptr)
        return;
    call.connection = static_cast<std::uint8_t>(c - ghost().connections.data());
    call.was_dead = c->was_disconnected;
}

// The last reference closes the device, in the same call.
void follow_file_put(const sim::event &what)
{
    const kernel::file *filp = kernel::task_of(sim::current_task())->call.filp;
    if (filp != nullptr && what.object == &filp->f_count)
        own_call().over = true;
}

void follow_call_end(const sim::event &what)
{
    follow_owner_leaving();
    call_ghost &call = own_call();
    judge_call(call, what);
    note_cut(call, what);
    if (call.on_device && call.kind == call_kind::read && call.took)
        follow_reading(call, static_cast<long>(what.value) > 0, what);
    call = {};
}

void follow_memory_failure()
{
    call_ghost &call = own_call();
    call.memory_failed = true;
    call.failed_on_dead |= any_is_dead();
}

void follow_page_fault()
{
    const kernel::mm_struct &mm = *kernel::task_of(sim::current_task())->mm;
    for (unsigned i = 0; i < mm.pages; ++i)
        if (mm.table[i].fill != nullptr)
            own_call().memory_failed = true;
}

void follow_poll(const connection_ghost &c, const sim::event &what)
{
    call_ghost &call = own_call();
    // A poller that is the last user of a closed device ends the connection when it has its answer.
    if (call.kind != call_kind::poll || std::string_view(what.where.function()) != "fuse_dev_poll")
        return;
    if (c.fc->connected.peek() == 0)
        call.polled = POLLERR;
    else
        call.polled = POLLOUT | POLLWRNORM | (kernel::list_empty(&c.fc->pending) ? 0 : POLLIN | POLLRDNORM);
}

void follow_copier(const request_ghost &r, fuse::fuse_req_state next, const sim::event &what)
{
    call_ghost &call = own_call();
    bool finishes = next == fuse::FUSE_REQ_FINISHED;
    bool taken = r.copier == sim::current_task() && (r.copier_ends || r.state != fuse::FUSE_REQ_FINISHED);
    if (call.kind == call_kind::read && next == fuse::FUSE_REQ_READING) {
        took_to_read(call, *r.req);
    } else if (call.kind == call_kind::read && call.took && taken && (finishes || next == fuse::FUSE_REQ_SENT)) {
        let_go(call, *r.req, finishes);
        if (finishes && kernel::task_of(sim::current_task())->call.bytes < call.length) {
            judge_refusal(r, what);
            follow_reading(call, false, what);
            call.took = false;
        }
    } else if (call.kind == call_kind::write && !call.over && finishes &&
               (r.copier_ends || r.state == fuse::FUSE_REQ_SENT)) {
        let_go(call, *r.req, true);
        judge_answer(call, r, what);
        follow_answer(call, r);
    } else if (call.kind == call_kind::write && !call.over && finishes && r.state == fuse::FUSE_REQ_READING) {
        judge_early_answer(r, what);
    } else if (finishes && !taken) {
        judge_end(r, what);
    }
}

void follow_requester_leaving(const request_ghost &r, const sim::event &what)
{
    call_ghost &call = own_call();
    auto error = static_cast<std::int16_t>(r.req->out.h.error);
    if (call.error_count < call_errors_max)
        call.errors[call.error_count++] = error;
    else
        call.errors[call_errors_max - 1] = error;
    judge_requester(r, what);
}

} // namespace interfuse
