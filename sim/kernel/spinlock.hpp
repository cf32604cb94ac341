// MODELLED: linux/spinlock.h on a machine where each task has a processor of its own.
#pragma once

#include <cstdint>

#include "sim/place.hpp"

namespace kernel {

using sim::place;

struct spinlock_t {
    std::uint64_t waiters; // tasks that stand before their spin_lock
    std::uint16_t holder;  // task index + 1, 0: free
};

void spin_lock_init(spinlock_t *lock, place where = place::here());
// Disables preemption: no sleep until the unlock. Taking a lock twice is a self-deadlock and reported.
void spin_lock(spinlock_t *lock, place where = place::here());
// REQUIRES: the caller holds the lock; reported otherwise.
void spin_unlock(spinlock_t *lock, place where = place::here());

inline bool spin_is_locked(const spinlock_t *lock)
{
    return lock->holder != 0;
}

// Reports a caller without the lock (linux/lockdep.h).
void lockdep_assert_held(const spinlock_t *lock, place where = place::here());

} // namespace kernel
