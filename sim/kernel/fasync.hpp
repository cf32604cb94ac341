// MODELLED: linux/fs.h, fasync. The list of files whose owners want SIGIO; its lock is held within each operation.
#pragma once

#include "sim/kernel/sched.hpp"

namespace kernel {

struct file;

struct fasync_struct {
    fasync_struct *fa_next;
    file *fa_file;
};

// on: adds an entry for the file (1 if it is new, -ENOMEM); off: takes it away (1 if there was one). May sleep.
int fasync_helper(int fd, file *filp, int on, fasync_struct **list, place where = place::here());
// Sends the signal to each file's owner. Does not sleep.
void kill_fasync(fasync_struct **list, int sig, int band, place where = place::here());

} // namespace kernel
