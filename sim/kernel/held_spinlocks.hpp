// MODELLED: linux/lockdep.h, the spinlocks that a task holds and where it took them, for reports. They are no part of the
// world, as a place tells no states apart; how many there are says task_struct::spinlocks_held.
#pragma once

#include <array>
#include <string>

#include "sim/arena.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/kernel/spinlock.hpp"

namespace kernel {

inline constexpr unsigned spinlocks_noted = 8; // of those held at once the first so many are known by name
struct held_spinlock {
    const spinlock_t *lock;
    place where; // it was taken
};
extern constinit std::array<std::array<held_spinlock, spinlocks_noted>, sim::tasks_max> held_spinlocks; // by task

// Before the count goes up.
inline void note_taken(const task_struct *by, const spinlock_t *lock, const place &where)
{
    if (by->spinlocks_held < spinlocks_noted)
        held_spinlocks[by->index][by->spinlocks_held] = {lock, where};
}

// Before it goes down; locks may be released in any order.
inline void note_released(const task_struct *by, const spinlock_t *lock)
{
    std::array<held_spinlock, spinlocks_noted> &of = held_spinlocks[by->index];
    unsigned last = by->spinlocks_held - 1;
    for (unsigned i = 0; i < last && i + 1 < spinlocks_noted; ++i)
        if (of[i].lock == lock) {
            of[i] = of[i + 1];
            of[i + 1].lock = lock;
        }
}

// "fc->lock, taken in f (file:line)" and so on; "a spinlock" in a search, which does not go to a state the way it first came.
std::string text_of_spinlocks(const task_struct *of);

} // namespace kernel
