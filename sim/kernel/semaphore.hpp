// MODELLED: asm/semaphore.h and lib/semaphore-sleepers.c. A newcomer may overtake a woken sleeper, as there.
#pragma once

#include "sim/kernel/wait.hpp"

namespace kernel {

struct semaphore {
    int count; // free units
    wait_queue_head_t wait;
};

void sema_init(semaphore *sem, int count, place where = place::here());
void down(semaphore *sem, place where = place::here());
// 0, or -EINTR when a signal came first.
int down_interruptible(semaphore *sem, place where = place::here());
// 0 when the unit was taken, 1 when down would have blocked. Allowed under a spinlock.
int down_trylock(semaphore *sem, place where = place::here());
// Allowed under a spinlock.
void up(semaphore *sem, place where = place::here());

} // namespace kernel
