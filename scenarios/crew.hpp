// The crew of a daemon: the tasks of its process.
#pragma once

#include <array>

#include "scenarios/stage.hpp"

namespace interfuse {

struct crew {
    std::array<task_struct *, 16> tasks;
    unsigned count;

    void add(task_struct *task);
};
// In the arena, since tasks of the crew refer to it.
crew *make_crew();

// kill: SIGKILL to all of them. close: closes the device, then wakes those that sleep in a system call on it, which
// close() does not. abandon: closes it and wakes nobody. either: one of the first two.
enum class closing : std::uint8_t { either, kill, close, abandon };
// Ends the daemon's connection to the device. REQUIRES: the caller is a task of the daemon's process.
void close_device(const mount &m, const crew &daemon, closing how);

} // namespace interfuse
