// Requesters: tasks that use the mounted file system.
#pragma once

#include "scenarios/stage.hpp"

namespace interfuse {

// Looks a name up so many times; stops when killed.
task_struct *start_looker(const char *name, const mount &m, const char *file, int times = 1);
// Reads the root's attributes once, without any lock of the directory.
task_struct *start_getter(const char *name, const mount &m);
// Opens a file and closes it again, with the RELEASE that follows from it.
task_struct *start_opener(const char *name, const mount &m, const char *file);

} // namespace interfuse
