// In which order locks are taken, by their classes (lockdep): a cycle is a deadlock that some run may end in, even if this one does not.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/event.hpp"

namespace sim {

// A class is all locks that are one member of one struct, such as "inode.i_mutex"; all page locks; and else a lock by its name. Left out:
// the order within a class, such as that of the mutexes of two directories; and the big kernel lock, which a sleeper
// gives up. What is taken under a page lock counts if its holder unlocks the page: one that another task unlocks, as when a
// read is over, does not wait for its holder.
inline constexpr unsigned lock_classes_max = 64;

// A lock of one class was taken while one of the other was held. Classes are known by the hash of their names.
struct lock_edge {
    std::uint64_t before, after;
    bool operator==(const lock_edge &) const = default;
};

// A namer may divide a class further, as it is right for directories and files; it returns nothing for the others.
void install_lock_namer(std::string (*namer)(const void *lock));
// An address may have become another lock.
void forget_lock_classes();
void begin_lock_order();
// The orders of a setup, which belong to each run that goes on from it.
struct lock_orders {
    std::vector<std::uint64_t> after;
    std::vector<lock_edge> edges;
};
lock_orders lock_orders_so_far();
// REQUIRES: the run has only begun.
void go_on_from(const lock_orders &setup);

// Until it is called with false, what the running task takes makes no order, for a reason that stands at the call.
void leave_out_of_order(bool from_now);

// Called before held_locks knows of the event. Reports a cycle within the run.
void follow_lock_order(const event &happened);
// What the running task does here takes the lock on some days: that makes the same order. `kind` is that of the event that
// it would be. REQUIRES: the run is watched for locks.
void might_take(event_kind kind, const void *lock, const place &where);

// Those of the run in progress or last ended, in the order in which they came.
const std::vector<lock_edge> &lock_edges();
// "task takes B in f (file:line) while it holds A, taken in g (file:line)", for an edge of that run; "may take" where it has
// not needed B that time.
std::string text_of_lock_edge(const lock_edge &edge);

} // namespace sim
