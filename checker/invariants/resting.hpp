// Requests that lie on unused_list, for the memory watcher: nobody touches more of them than their links.
#pragma once

#include "checker/invariants/ghost.hpp"

namespace interfuse {

// Marks the requests that a census has found on unused_list. They lose the mark when somebody touches them after they
// have left the list.
void rest_unused(const connection_ghost &c);

// For sim::install_rest_judge.
bool is_request_at_rest(const void *address);

} // namespace interfuse
