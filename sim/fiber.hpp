// Fibers: switching between the stacks of tasks and the host's.
#pragma once

#include <cstddef>

namespace sim {

// A handle for a task that has not run yet; it starts in run_task_body.
void *make_context(unsigned task);

// What a task runs; defined by the scheduler.
[[noreturn]] void run_task_body();

// Continues at `to`. The handle of the caller is stored in *from before anybody else runs.
void switch_context(void *to, void **from);

// Zeroes so many bytes below the stack pointer of one who is switched out.
void wipe_below(void *context, std::size_t bytes);

// Gives the host's floating-point environment no sticky flags, so that every context has the same one: a switch
// between differing ones costs 100 ns in place of 6.
void clear_floating_point_flags();

} // namespace sim
