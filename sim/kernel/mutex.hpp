// MODELLED: linux/mutex.h. A newcomer may overtake a woken waiter, as there.
#pragma once

#include <array>
#include <cstdint>

#include "sim/arena.hpp"
#include "sim/place.hpp"

namespace kernel {

using sim::place;

struct task_struct;

struct mutex {
    std::uint16_t holder;  // task index + 1, 0: free
    std::uint16_t waiting;
    std::array<std::uint8_t, sim::tasks_max> queue; // tasks that sleep for it, in order of arrival
};

void mutex_init(mutex *lock, place where = place::here());
void mutex_lock(mutex *lock, place where = place::here());
// REQUIRES: the caller holds it; reported otherwise.
void mutex_unlock(mutex *lock, place where = place::here());

// The big kernel lock (linux/smp_lock.h): recursive, dropped while its holder sleeps.
void lock_kernel(place where = place::here());
void unlock_kernel(place where = place::here());
// For names in reports and traces.
bool is_big_kernel_lock(const void *object);
// schedule()'s part: a sleeper gives it up and takes it again, to the same depth.
void release_kernel_lock(task_struct *task);
void reacquire_kernel_lock(task_struct *task, int depth);

} // namespace kernel
