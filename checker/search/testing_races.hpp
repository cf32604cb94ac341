// Programs of a few lines whose tasks share memory, watched for races.
#pragma once

#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"
#include "sim/kernel/planted/racy.hpp"
#include "sim/kernel/semaphore.hpp"
#include "sim/kernel/spinlock.hpp"

namespace interfuse {

struct shared_memory {
    alignas(8) kernel::shared_fields fields;
    alignas(8) kernel::spinlock_t lock;
    alignas(8) kernel::spinlock_t other_lock;
    alignas(8) kernel::semaphore sem;
    alignas(8) kernel::atomic_t count;
    alignas(8) int ready;
};

// A Shared is this memory, and perhaps more. Only while a program is built.
template <typename Shared = shared_memory> Shared *share_memory()
{
    auto *all = static_cast<Shared *>(sim::allocate(sizeof(Shared)));
    kernel::sema_init(&all->sem, 0);
    return all;
}

// For runs of a program, which end in the first race that they meet.
inline run_setup setup_with_races(void (*build)())
{
    run_setup setup = setup_of(build);
    setup.watch = sim::watch_races;
    return setup;
}

} // namespace interfuse
