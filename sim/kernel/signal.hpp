// MODELLED: linux/signal.h. Pending and blocked sets; SIGKILL wakes interruptible sleepers as every signal does.
#pragma once

#include <csignal>
#include <cstdint>

#include "sim/place.hpp"

// libc's is a deprecated macro; the kernel's is a function.
#undef sigmask

namespace kernel {

using sim::place;

struct task_struct;

struct sigset_t {
    std::uint64_t bits;
};

[[gnu::always_inline]] constexpr std::uint64_t sigmask(int sig)
{
    return std::uint64_t{1} << (sig - 1);
}

[[gnu::always_inline]] inline void siginitsetinv(sigset_t *set, std::uint64_t mask)
{
    set->bits = ~mask;
}

// how: SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK. SIGKILL can be neither blocked nor unblocked by user space, but the
// kernel's own callers may pass any set.
int sigprocmask(int how, const sigset_t *set, sigset_t *oldset, place where = place::here());

// Whether an unblocked signal is pending: TIF_SIGPENDING.
bool signal_pending(const task_struct *task, place where = place::here());

// Makes a signal pending and wakes the task if it sleeps interruptibly and does not block the signal.
void send_sig(int sig, task_struct *task, place where = place::here());
// The same as part of an operation of the caller's: without a point of its own.
void raise_sig(int sig, task_struct *task, const place &where);

} // namespace kernel
