// MODELLED: linux/poll.h. A poll_table registers the poller on the wait queues it is shown.
#pragma once

#include <poll.h>

#include "sim/kernel/wait.hpp"

namespace kernel {

struct file;

inline constexpr unsigned poll_entries_max = 4;

struct poll_table {
    unsigned used;
    wait_queue_head_t *queues[poll_entries_max];
    wait_queue_t entries[poll_entries_max];
};

// No effect without a table.
void poll_wait(file *filp, wait_queue_head_t *queue, poll_table *table, place where = place::here());

} // namespace kernel
