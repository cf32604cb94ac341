// What system calls and requests may end with, in the state that they end in.
#include "checker/invariants/contract.hpp"

#include <poll.h>

#include <algorithm>
#include <csignal>
#include <cstring>

#include <fmt/format.h>

#include "checker/invariants/following.hpp"
#include "checker/invariants/names.hpp"
#include "checker/invariants/transitions.hpp"
#include "sim/kernel/errno.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

using kernel::task_struct;

const task_struct &self()
{
    return *kernel::task_of(sim::current_task());
}

std::string name_of_result(long result)
{
    const char *name = result < 0 && result > -4096 ? strerrorname_np(static_cast<int>(-result)) : nullptr;
    return name != nullptr ? name : fmt::format("{}", result);
}

bool is_dead(std::uint8_t connection)
{
    if (connection == nobody)
        return false;
    const connection_ghost &c = ghost().connections[connection];
    return c.fc == nullptr || c.was_disconnected;
}

bool has_signal()
{
    return (self().pending.bits & ~self().blocked.bits) != 0;
}

bool is_being_killed()
{
    return self().killed || (self().pending.bits & kernel::sigmask(SIGKILL)) != 0;
}

bool is_legal(int error)
{
    return error <= 0 && error > -1000;
}

// Why a call may not end with this result; null if it may.
const char *read_fault(const call_ghost &call, long result)
{
    if (call.connection == nobody)
        return result == -EPERM ? nullptr : "the device has no connection";
    if (call.was_dead && result != -ENODEV)
        return "fc->connected was 0 from the start";
    if (result >= 0) {
        if (!call.took || result != static_cast<long>(call.length))
            return "it has no request of that length to hand out";
        return call.interrupted ? "its request was interrupted while it was copied" : nullptr;
    }
    switch (-result) {
    case EAGAIN:
        return (self().call.filp->f_flags & O_NONBLOCK) != 0 && !call.took ? nullptr : "it may sleep";
    case ENODEV:
        return is_dead(call.connection) && !call.took ? nullptr : "fc->connected is 1";
    case kernel::ERESTARTSYS:
        return has_signal() && !call.took ? nullptr : "no signal is pending";
    case EFAULT:
        return call.took && call.memory_failed ? nullptr : "no address was bad";
    case ENOENT:
        return call.took && call.interrupted ? nullptr : "no request was interrupted while it was copied";
    default:
        return "the contract of read does not have it";
    }
}

bool is_valid(const fuse::fuse_out_header &header, std::size_t bytes)
{
    return header.unique != 0 && is_legal(header.error) && header.len == bytes;
}

const char *accepted_fault(const call_ghost &call, const fuse::fuse_out_header *header, std::size_t bytes)
{
    if (header != nullptr && !is_valid(*header, bytes))
        return "its header is not valid";
    if (!call.took || !call.ended || (header != nullptr && call.unique != header->unique))
        return "no request was answered";
    if (call.interrupted)
        return "the request it answers was interrupted";
    return header == nullptr || call.error == header->error ? nullptr : "the requester gets another error";
}

// The header is null where it cannot be read.
const char *write_fault(const call_ghost &call, long result, const fuse::fuse_out_header *header)
{
    std::size_t bytes = self().call.bytes;
    if (call.connection == nobody)
        return result == -ENODEV ? nullptr : "the device has no connection";
    if (bytes < sizeof *header)
        return result == -EINVAL ? nullptr : "it is shorter than a header";
    if (result >= 0)
        return result == static_cast<long>(bytes) ? accepted_fault(call, header, bytes) : "it wrote something else";
    bool malformed = call.took && (call.interrupted || call.error == -EIO);
    switch (-result) {
    case EFAULT:
        return call.memory_failed && (!call.took || malformed) ? nullptr : "no address was bad";
    case ENOENT:
        return (!call.took && is_dead(call.connection)) || (call.took && call.interrupted)
                   ? nullptr
                   : "neither is fc->connected 0 nor was its request interrupted";
    case EINVAL:
        if (header != nullptr && !is_valid(*header, bytes))
            return call.took ? "its header is not valid, but it ended a request" : nullptr;
        if (call.was_dead)
            return "fc->connected was 0 from the start";
        return !call.took || malformed ? nullptr : "its requester got an answer";
    default:
        return "the contract of write does not have it";
    }
}

const char *poll_fault(const call_ghost &call, long result)
{
    unsigned asked = static_cast<unsigned>(self().call.events) | POLLERR | POLLHUP;
    if (call.connection == nobody)
        return result == POLLERR ? nullptr : "the device has no connection";
    if (call.was_dead && result != POLLERR)
        return "fc->connected was 0 from the start";
    if (result == -EINTR)
        return has_signal() ? nullptr : "no signal is pending";
    return result == static_cast<long>(call.polled & asked) ? nullptr : "the connection was in another state";
}

// Such a call may have looked before or after.
bool was_mounted_meanwhile(const call_ghost &call)
{
    const kernel::file *device = self().call.filp;
    return call.connection == nobody && device != nullptr && find_connection(device->private_data.peek()) != nullptr;
}

const char *device_fault(const call_ghost &call, long result)
{
    if (was_mounted_meanwhile(call))
        return nullptr;
    fuse::fuse_out_header header{};
    switch (call.kind) {
    case call_kind::read:
        return read_fault(call, result);
    case call_kind::write: {
        bool readable = self().call.bytes >= sizeof header && read_user_memory(self(), 0, &header, sizeof header);
        return write_fault(call, result, readable ? &header : nullptr);
    }
    case call_kind::poll:
        return poll_fault(call, result);
    default:
        return nullptr;
    }
}

// Of a call that is not on the device: what the transport ends requests with comes from a request of this call.
const char *requester_fault(const call_ghost &call, long result)
{
    auto end = call.errors.begin() + call.error_count;
    if (std::find(call.errors.begin(), end, static_cast<std::int16_t>(result)) != end)
        return nullptr;
    switch (-result) {
    case EINTR: // also where there was no memory for a request beyond the pool of a dead connection
        return is_being_killed() || call.failed_on_dead ? nullptr : "it is not being killed";
    case ENOTCONN:
    case ECONNABORTED:
    case ECONNREFUSED:
    case E2BIG:
        return "none of its requests ended so";
    case ENOMEM:
        return call.memory_failed ? nullptr : "no allocation has failed";
    case kernel::ERESTARTSYS: // becomes EINTR
        return has_signal() ? nullptr : "no signal is pending";
    default:
        return result > -1000 ? nullptr : "it is no error of user space";
    }
}

void require_error(const request_ghost &r, bool may, const char *why, const sim::event &what)
{
    if (!may)
        violated("errno_contract", fmt::format("{} ends with {} although {}", name_of_request(*r.req),
                                               name_of_result(r.req->out.h.error), why), what);
}

} // namespace

void judge_call(const call_ghost &call, const sim::event &what)
{
    auto result = static_cast<long>(what.value);
    const char *fault = nullptr;
    if (call.on_device)
        fault = device_fault(call, result);
    else if (call.kind == call_kind::other && result < 0)
        fault = requester_fault(call, result);
    if (fault != nullptr)
        violated("errno_contract", fmt::format("{} returns {} to {} although {}", self().syscall_name,
                                               name_of_result(result), sim::the_world().tasks[self().index].name, fault),
                 what);
}

void judge_refusal(const request_ghost &r, const sim::event &what)
{
    int expected = r.req->in.h.opcode == fuse::FUSE_SETXATTR ? -E2BIG : -EIO;
    require_error(r, r.req->out.h.error == expected, "the read buffer was too short for it", what);
}

void judge_answer(const call_ghost &call, const request_ghost &r, const sim::event &what)
{
    if (call.interrupted)
        return require_error(r, call.error == -EINTR || call.error == -ECONNABORTED, "it was interrupted", what);
    fuse::fuse_out_header header{};
    if (call.error == -EIO || !read_user_memory(self(), 0, &header, sizeof header))
        return;
    require_error(r, call.error == header.error && is_legal(call.error), "the reply says something else", what);
}

void judge_early_answer(const request_ghost &r, const sim::event &what)
{
    require_error(r, false, "it is still being read, and no reply can be to it yet", what);
}

void judge_end(const request_ghost &r, const sim::event &what)
{
    bool unsent = r.state == fuse::FUSE_REQ_INIT || r.state == fuse::FUSE_REQ_FINISHED;
    require_error(r, is_dead(r.connection), "fc->connected is 1 and nobody has answered it", what);
    // The error of a requester that has left is its own.
    bool is_left = !unsent && r.req->interrupted && r.req->out.h.error == -EINTR;
    require_error(r, is_left || r.req->out.h.error == (unsent ? -ENOTCONN : -ECONNABORTED),
                  unsent ? "it was not sent, on a dead connection" : "it was aborted", what);
}

void judge_requester(const request_ghost &r, const sim::event &what)
{
    int error = r.req->out.h.error;
    if (r.state == fuse::FUSE_REQ_INIT) {
        // Not queued; or given back unused.
        require_error(r, error == 0 || error == -ENOTCONN || error == -ECONNREFUSED, "it was not sent", what);
    } else if (r.state == fuse::FUSE_REQ_FINISHED) {
        require_error(r, is_legal(error), "that is no error of a reply", what);
    } else {
        // Whoever aborts the connection meanwhile may have written over it.
        bool overwritten = error == -ECONNABORTED && is_dead(r.connection);
        require_error(r, error == -EINTR || overwritten, "its requester leaves without an answer", what);
        require_error(r, is_being_killed(), "its requester is not being killed", what);
    }
}

void judge_sending(const request_ghost &r, const sim::event &what)
{
    bool refused = r.requester != nobody && r.connection != nobody && ghost().connections[r.connection].refuses;
    if (refused)
        violated("errno_contract",
                 fmt::format("{} is sent although INIT has failed, so that its requester should get "
                             "ECONNREFUSED",
                             name_of_request(*r.req)),
                 what);
}

void judge_refused(const connection_ghost &c, const sim::event &what)
{
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        bool unsent = r.req != nullptr && r.used && r.creator == sim::current_task() && r.state == fuse::FUSE_REQ_INIT;
        if (!unsent || !r.req->isreply || r.req->background)
            continue;
        if (c.was_disconnected)
            require_error(r, r.req->out.h.error != -ECONNREFUSED, "fc->connected is 0, which comes first", what);
        else
            require_error(r, r.req->out.h.error == -ECONNREFUSED, "INIT has failed and it was not sent", what);
    }
}

} // namespace interfuse
