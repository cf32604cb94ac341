// Who wrote last what tasks wait for, for reports alone: history, so not part of the world.
#pragma once

#include <string>

#include "checker/invariants/ghost.hpp"

namespace interfuse {

// The running task has written req->state or req->locked, or fc->connected.
void note_write(const void *field, const sim::event &what);

// "somebody wrote request 1.locked in fuse_dev_readv", or empty when nobody has in this process.
std::string last_write(const void *field);

} // namespace interfuse
