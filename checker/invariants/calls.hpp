// The system calls in progress, above all those on the device: what has happened in each so far.
#pragma once

#include "checker/invariants/ghost.hpp"

namespace interfuse {

enum class call_kind : std::uint8_t { none, other, read, write, poll };

inline constexpr unsigned call_errors_max = 4;

struct call_ghost {
    call_kind kind;
    bool on_device;
    std::uint8_t connection; // of the device; nobody if it has none
    std::uint8_t cuts;       // the connection that this call has disconnected; nobody if it has not
    bool over;               // the file's operation has returned, and its reference is put
    bool was_dead;           // fc->connected was 0 when the call found its file
    bool memory_failed;      // a bad address, a failed allocation, or a fault that a file was to serve
    bool failed_on_dead;     // an allocation failed when a connection was dead, which may be gone when the call ends
    bool took;               // a request: a read to hand it out, a write to answer it
    bool interrupted;        // that request, when the call let go of it
    bool ended;              // the call has finished it
    std::uint8_t error_count;
    std::uint16_t polled; // events that fuse_dev_poll saw last
    std::uint32_t opcode, length; // of the request it took
    std::int32_t error;           // of that request, when the call let go of it
    std::uint64_t unique;         // of that request
    std::uint64_t nodeid, argument; // of that request: its node, and the first word behind the header
    std::array<std::int16_t, call_errors_max> errors; // of the requests that the call sent, the last ones
};

// The first `bytes` of what the call in progress reads or writes, out of user memory; false where that is not there.
bool read_user_memory(const kernel::task_struct &task, std::size_t offset, void *to, std::size_t bytes);

// Room for what is remembered of each task's calls, before the first one.
void reserve_calls();
void follow_call_begin();
void follow_file_found(const sim::event &what);
void follow_file_put(const sim::event &what);
// The running task has cleared fc->connected.
void follow_cut(const connection_ghost &c);
void follow_call_end(const sim::event &what);
void follow_memory_failure();
// A page fault: what a file reads in may fail for the file's own reasons.
void follow_page_fault();
// The running task has released the lock of a connection.
void follow_poll(const connection_ghost &c, const sim::event &what);
// A request is about to change its state; r is as before.
void follow_copier(const request_ghost &r, fuse::fuse_req_state next, const sim::event &what);
// The running task, which sent the request and waited for it, drops its reference.
void follow_requester_leaving(const request_ghost &r, const sim::event &what);

} // namespace interfuse
