// What happens before what in a run (Lamport 1978), by a vector clock for each task and for each object that tasks synchronise on.
#pragma once

#include <array>
#include <cstdint>

#include "sim/event.hpp"
#include "sim/run.hpp"

namespace sim {

// A moment in a task's life: its clock, and its index in the lowest bits. 0 is before every run.
using epoch = std::uint32_t;
inline constexpr unsigned epoch_task_bits = 5;
static_assert(tasks_max <= 1U << epoch_task_bits);

struct vector_clock {
    std::array<std::uint32_t, tasks_max> of; // by task
};

// Clocks are history: they lie outside the world. They go on from run to run, so that whatever an earlier run did is before
// everything of this one.
struct history_state {
    std::array<vector_clock, tasks_max> clocks; // by task
    std::uint32_t start;                        // the clock before this run's first moment
    std::uint32_t run;                          // counts runs, and so the uses of tables that are not cleared
};
extern history_state the_history;

inline bool races_watched()
{
    return (the_run.watching & watch_races) != 0 && the_run.now == phase::running;
}

inline epoch epoch_of(unsigned task)
{
    return the_history.clocks[task].of[task] << epoch_task_bits | task;
}

// A run begins: what the setup did is before everything. True when the clocks have started anew, so that epochs that are kept
// anywhere mean nothing any more.
bool begin_history();

// The running task takes over the object's past, or adds its own to it. An object is known by its address; others may begin
// four bytes behind. No effect unless a run is watched for races.
void acquire(const void *object);
void release(const void *object);
inline void acquire_and_release(const void *object)
{
    acquire(object);
    release(object);
}
// What the running task has done is before whatever the other one does next.
void order_task_after(unsigned later);
// Objects that lay in this memory are no more.
void forget_objects(const void *memory, std::size_t bytes);

// The edges of an event of the fakes.
void follow_order(const event &happened);

} // namespace sim
