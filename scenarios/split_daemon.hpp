// A daemon whose readers hand the replies to writers.
#pragma once

#include <string>

#include "scenarios/daemon.hpp"

namespace interfuse {

// Starts so many readers of the device and as many writers, which belong to the crew from then on.
void start_split_daemon(const mount &m, unsigned readers, crew &daemon, worker_options options = {});

// The name of the queue between readers and writers that the address lies in; empty if it lies in none.
std::string name_of_reply_queue(const void *address);

} // namespace interfuse
