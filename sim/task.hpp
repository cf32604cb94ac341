// Tasks: the threads of control of a simulated machine.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "sim/arena.hpp"

namespace sim {

enum class task_status : std::uint8_t { unused, runnable, blocked, ended };

struct task {
    void *context;               // Boost.Context handle while switched out
    void (*body)(void *closure); // runs on the task's own stack
    void *closure;               // in the arena
    void *extension;             // what the layer above keeps for the task, in the arena
    const void *waiting_for;     // while blocked: the object
    const char *waiting_why;     // while blocked: what it waits for, a constant
    const std::uint16_t *gate;   // of a runnable task in a search: it can go on only while this is 0; null: it can
    const void *gate_of;         // what it waits for there, and why. Nobody else looks, so for a search it is nobody's
    const char *gate_why;        // business, unlike the same of a blocked task
    task_status status;
    bool rests;                  // blocked where a finished run may leave it
    char name[22];
};

// Makes a task that starts runnable; its closure is copied into the arena. Returns its index.
unsigned start_task(const char *name, void (*body)(void *), const void *closure, std::size_t closure_bytes);

template <typename Body> unsigned start_task(const char *name, Body body)
{
    static_assert(std::is_trivially_copyable_v<Body>, "a task's closure is saved and restored with memcpy");
    return start_task(name, [](void *closure) { (*static_cast<Body *>(closure))(); }, &body, sizeof body);
}

// The calling task sleeps until make_runnable. The names tell a report what it waits for.
void block(const char *why, const void *object);

// Blocks a task that stands at a point and whose next operation has become impossible, as a spinner's.
void hold_back(unsigned index, const char *why, const void *object);

// A point of a search after which the calling task goes on only while *gate is 0. The names are as for block().
void wait_at_gate(const std::uint16_t *gate, const char *why, const void *object);

// Of those that stand at closed gates, makes blocked tasks; what a run does at once, a search does at its ends.
void block_at_gates();

// Ends a task's block; no effect on a task that is not blocked.
void make_runnable(unsigned index);


} // namespace sim
