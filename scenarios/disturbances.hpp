// Actors that disturb: killers, aborters, closers, unmounters, memory pressure, and users of the device that are in
// the way of its daemon.
#pragma once

#include "scenarios/crew.hpp"

namespace interfuse {

// When an actor strikes. A patient one lets a number of steps go by first, so that samples also have late strikes.
enum class pace : bool { any_time, patient };

// Lets as much time go by.
void wait_for(pace when);

// Sends one signal to a task.
task_struct *start_killer(const char *name, task_struct *victim, int sig = SIGKILL, pace when = pace::any_time);
// Sends SIGKILL, patiently, and then the signal, which may find the task on its way out.
task_struct *start_insistent_killer(const char *name, task_struct *victim, int sig);
// Writes to the connection's control attribute `abort`, which it has opened before the run.
task_struct *start_aborter(const char *name, const mount &m, pace when = pace::any_time);
// A task with the device open that writes to `abort` of the connection that the device has by then, if any.
task_struct *start_aborter_of_device(const char *name, process of, int device);
// Reads the control attribute `waiting`, which it has opened before the run.
task_struct *start_watcher(const char *name, const mount &m);
// Mounts a file system on a descriptor of its process, and ends, which closes the device.
task_struct *start_mounter(const char *name, process of, int device);
// Closes a device of its process if it is mounted by then; no other task of the process does.
task_struct *start_device_closer(const char *name, process of, int device);
// Unmounts once; refused while the mount is in use, unless lazily.
task_struct *start_unmounter(const char *name, const mount &m, kernel::umount_flags flags, pace when = pace::any_time);
// Memory pressure: evicts the inode of a name if nobody uses it, so that FORGET is sent.
task_struct *start_shrinker(const char *name, const mount &m, const char *of, pace when = pace::any_time);
// Closes a file that was opened before the run, so that RELEASE is sent.
task_struct *start_file_closer(const char *name, const open_file &file, pace when = pace::any_time);
// Looks the name up first.
task_struct *start_forgetter(const char *name, const mount &m, const char *of);

// A thread of the daemon that ends its connection to the device.
task_struct *start_closer(const char *name, const mount &m, const crew *daemon, closing how,
                          pace when = pace::any_time);

// A thread of the daemon that asks for SIGIO and polls the device a few times.
task_struct *start_poller(const char *name, const mount &m);
// Lets page faults, bad addresses and failed allocations come only from some time on.
task_struct *start_failures(const char *name);
// A thread of the daemon that unmaps a page of its own and maps it again, which takes mmap_sem for writing.
task_struct *start_mapper(const char *name, const mount &m);

} // namespace interfuse
