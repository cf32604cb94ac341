// A daemon's worker: user space that reads requests from the device, handles them and writes replies.
#pragma once

#include "scenarios/bad_reply.hpp"
#include "scenarios/crew.hpp"
#include "scenarios/daemon_files.hpp"
#include "scenarios/stage.hpp"

namespace interfuse {

// Where a worker writes its replies. A scenario may move it, as to a mapping of a file that the worker itself serves.
struct reply_place {
    std::uintptr_t at;     // user address
    std::size_t own_bytes; // that the worker fills in; what lies behind is as it is
    std::uint32_t opcode;  // of the request that it is for
    std::uint32_t most;    // bytes that such a reply may have where it may have fewer, header included; else 0
};
reply_place *make_reply_place();
// Moves it so that the data of a READ lies in a mapping of so many pages of a file that the daemon has opened itself.
// Only while the scenario is built.
reply_place *map_reply_from(const mount &m, reply_place *place, const open_file &file, unsigned pages);

struct worker_options {
    std::uint32_t read_bytes = 0;       // of the read buffer; 0: large enough for every request
    unsigned pages = 1;                 // most pages of a READ or WRITE
    bool reply_needs_directory = false; // the reply buffer but its first page is a mapping whose faults take the mutex
                                        // of the mount's root, as a file on the daemon's own mount would
    bool walks_to_directory = false;    // such a fault walks there from the mount, which it holds meanwhile
    reply_place *reply = nullptr;       // null: the worker's own; a new place gets pages of the worker's
    unsigned segments = 1;              // of its readv and writev; 1: read and write
    bool nonblocking = false;           // polls, then reads with O_NONBLOCK
    init_answer init = init_answer::good;
    bad_reply replies = bad_reply::none;
    bool gives_up = false; // after a reply that was refused it may close the device rather than send a good one
    bool holes = false;    // a page of its buffer may be a bad address during a system call
    bool slow = false;     // each page of its read buffer takes its time to be read in when it is touched first
    bool takes_time = false; // lets some go by before it answers
    bool own_user = false; // before it answers a lookup of "a" it looks "b" up in its own mount
    const crew *colleagues = nullptr; // whom it wakes when it closes the device
};

// The parameter `buffer`, for read_bytes.
parameter read_buffer_parameter(int most);

// The goal of a daemon that uses its own mount.
inline constexpr const char *own_lookup_returns = "the daemon's own lookup returns";

// Starts a worker on the mount's device: loops over read, handle and write as libfuse did in 2006, until the
// connection is gone or the process is killed. Its buffers are pages of the daemon's memory.
task_struct *start_worker(const char *name, const mount &m, worker_options options = {});

} // namespace interfuse
