// What happens to a request that is locked for copying.
#pragma once

#include "checker/invariants/ghost.hpp"

namespace interfuse {

// A request's `locked` has changed.
void follow_locked(request_ghost &r, const sim::event &what);
// The running task is about to reach for user memory, or has a fault there.
void follow_user_memory(const sim::event &what);

} // namespace interfuse
