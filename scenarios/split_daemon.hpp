// A daemon whose readers hand the replies to writers.
#pragma once

#include "scenarios/daemon.hpp"

namespace interfuse {

// Starts so many readers of the device and as many writers, which belong to the crew from then on.
void start_split_daemon(const mount &m, unsigned readers, crew &daemon, worker_options options = {});

} // namespace interfuse
