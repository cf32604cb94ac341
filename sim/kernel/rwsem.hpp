// MODELLED: linux/rwsem.h, lib/rwsem-spinlock.c: fair, first come first served, handed over by the releaser.
#pragma once

#include <array>
#include <cstdint>

#include "sim/arena.hpp"
#include "sim/place.hpp"

namespace kernel {

using sim::place;

struct rw_semaphore {
    int activity; // readers in, or -1: a writer is in
    std::uint8_t waiting;
    std::uint16_t writer;                           // task index + 1 of the writer that is in
    std::array<std::uint8_t, sim::tasks_max> queue; // waiting tasks in order of arrival; bit 7: a writer
    std::array<std::uint8_t, sim::tasks_max> reads; // by task: how often it is in as a reader
};

void init_rwsem(rw_semaphore *sem, place where = place::here());
// A reader that comes after a waiting writer waits, also when its own task already reads.
void down_read(rw_semaphore *sem, place where = place::here());
void up_read(rw_semaphore *sem, place where = place::here());
void down_write(rw_semaphore *sem, place where = place::here());
void up_write(rw_semaphore *sem, place where = place::here());
// The caller reads the semaphore on some days (linux/lockdep.h): the watcher of locks judges that as if this were one.
void might_lock_read(const rw_semaphore *sem, place where = place::here());
void lockdep_assert_held(const rw_semaphore *sem, place where = place::here());

} // namespace kernel
