// Registration of pollers.
#include "sim/kernel/poll.hpp"

#include "sim/fault.hpp"
#include "sim/kernel/this_task.hpp"

namespace kernel {

void poll_wait(file *, wait_queue_head_t *queue, poll_table *table, place where)
{
    if (table == nullptr || queue == nullptr)
        return;
    sim::require(table->used < poll_entries_max, "a poll table is full");
    wait_queue_t *entry = &table->entries[table->used];
    table->queues[table->used++] = queue;
    init_waitqueue_entry(entry, this_task());
    add_wait_queue(queue, entry, where);
}

} // namespace kernel
