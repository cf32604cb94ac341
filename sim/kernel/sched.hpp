// MODELLED: linux/sched.h. Tasks, their states, and schedule().
#pragma once

#include <sys/uio.h>

#include <array>
#include <cstdint>

#include "sim/kernel/list.hpp"
#include "sim/kernel/signal.hpp"
#include "sim/kernel/string.hpp"
#include "sim/place.hpp"
#include "sim/world.hpp"

namespace kernel {

using sim::place;

struct mm_struct;
struct page;
struct files_struct;
struct wait_queue_head_t;
struct file;

// A system call on a descriptor: its file, and the user memory that it reads or writes.
struct file_call {
    file *filp; // null before it was found, or when the descriptor is not open
    const iovec *segments;
    unsigned long count;
    size_t bytes;
    int events; // that a poll asks for
};

inline constexpr long TASK_RUNNING = 0;
inline constexpr long TASK_INTERRUPTIBLE = 1;
inline constexpr long TASK_UNINTERRUPTIBLE = 2;

inline constexpr unsigned kmap_slots = 2;

struct task_struct {
    long state;
    unsigned index; // of the sim task
    pid_t pid;
    uid_t fsuid;
    gid_t fsgid;
    mm_struct *mm;
    files_struct *files; // shared by the threads of a process

    // signals
    sigset_t pending, blocked;
    bool killed; // SIGKILL was delivered: user space does not go on

    // what must be undone before the task sleeps, or its system call ends
    unsigned preempt_count;  // spinlocks and atomic kmaps held
    unsigned spinlocks_held;
    unsigned locks_held;    // mutexes and rw_semaphores held
    int lock_depth;         // big kernel lock, -1: not held
    std::array<page *, kmap_slots> kmap;

    // the system call in progress
    bool in_syscall;
    const char *syscall_name;

    file_call call; // while it is on a descriptor

    // What it waits for in wait_event, for reports; null elsewhere.
    bool (*wait_condition)(void *closure);
    void *wait_closure;

    const void *sleeps_on; // the object that the next schedule() waits for, for reports
    place sleeps_at;       // where it sleeps
};

// The running task. REQUIRES: a task runs.
task_struct *get_current();

struct current_task_pointer {
    [[gnu::always_inline]] task_struct *operator->() const { return get_current(); }
    [[gnu::always_inline]] operator task_struct *() const { return get_current(); }
};
inline constexpr current_task_pointer current;

// The task_struct of a sim task; null for none.
inline task_struct *task_of(unsigned index)
{
    return static_cast<task_struct *>(sim::the_world().tasks[index].extension);
}

// Gives a new sim task its task_struct.
task_struct *make_task_struct(unsigned index, files_struct *files, mm_struct *mm);

void set_current_state(long state, place where = place::here());

// Sleeps until woken if the state is not TASK_RUNNING and no signal is pending for an interruptible sleep.
// Sleeping with a spinlock or an atomic kmap held is reported.
void schedule(place where = place::here());

// What a task that spins for a lock waits for: no wake-up lets it go on, only the unlock.
inline constexpr char waiting_for_spinlock[] = "spinlock";

// Makes a task in one of the states of `mask` runnable. True if it was not running, as try_to_wake_up.
bool wake_up_state(task_struct *task, long mask);

// Reports a caller that may not sleep. `callee` is the function that may, which `where` has called; constant.
void might_sleep(place where = place::here(), const char *callee = __builtin_FUNCTION());

// Leaves the processor in the state that the task has set, giving up the big kernel lock meanwhile.
void deactivate(task_struct *self, const char *why, const void *object, const place &where);

// TASK_UNINTERRUPTIBLE sleep until some task calls wake_up_state; used by the sleeping locks.
void sleep_uninterruptible(const char *why, const void *object, place where);

} // namespace kernel
