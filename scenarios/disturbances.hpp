// Actors that disturb: killers, aborters, unmounters, memory pressure.
#pragma once

#include "scenarios/stage.hpp"

namespace interfuse {

// Sends one signal to a task, at any time.
task_struct *start_killer(const char *name, task_struct *victim, int sig = SIGKILL);
// Writes to the connection's control attribute `abort`, which it has opened before the run.
task_struct *start_aborter(const char *name, const mount &m);
// Unmounts once; refused while the mount is in use, unless lazily.
task_struct *start_unmounter(const char *name, const mount &m, kernel::umount_flags flags);
// Memory pressure: evicts the inode of a name if nobody uses it, so that FORGET is sent.
task_struct *start_shrinker(const char *name, const mount &m, const char *of);

} // namespace interfuse
