// The census of a connection's lists. Pointers are looked at before they are followed: a list may be broken.
#pragma once

#include "checker/invariants/ghost.hpp"

namespace interfuse {

// Walks the lists once, for all invariants that look at them. REQUIRES: nobody holds the connection's lock.
void take_census(connection_ghost &c);

const char *name_of(list_of list);
const kernel::list_head *head_of(const fuse::fuse_conn &fc, unsigned list);

} // namespace interfuse
