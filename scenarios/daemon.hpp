// A daemon's worker: user space that reads requests from the device, handles them and writes replies.
#pragma once

#include "scenarios/stage.hpp"

namespace interfuse {

struct worker_options {
    std::uint32_t read_bytes = 0;      // of the read buffer; 0: large enough for every request
    bool reply_needs_directory = false; // the reply buffer but its first page is a mapping whose faults take the mutex
                                        // of the mount's root, as a file on the daemon's own mount would
};

// Starts a worker on the mount's device: loops over read, handle and write as libfuse did in 2006, until the
// connection is gone or the process is killed. Its buffers are pages of the daemon's memory.
task_struct *start_worker(const char *name, const mount &m, worker_options options = {});

// What a worker answers, from the bytes of a request; the reply's length, 0 for a request that wants none.
std::size_t handle_request(const std::byte *request, std::byte *reply);

// The longest request and reply of the modelled callers.
inline constexpr std::size_t request_bytes_max = 256;
inline constexpr std::size_t reply_bytes_max = 256;

} // namespace interfuse
