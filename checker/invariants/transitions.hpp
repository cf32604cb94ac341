// Legal transitions of a request.
#pragma once

#include <string_view>

#include "checker/invariants/ghost.hpp"

namespace interfuse {

std::string_view name_of(fuse::fuse_req_state state);

// Whether the running task may put the request into the state, by the table of the original's state machine.
bool may_change(const request_ghost &r, fuse::fuse_req_state next);

// Whether the request is on its connection's io list: a reader or writer copies it.
bool is_being_copied(const fuse::fuse_req &req);

} // namespace interfuse
