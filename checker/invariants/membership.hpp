// Which list a request is on, and in which state.
#pragma once

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/invariant.hpp"

namespace interfuse {

std::optional<broken> check_list_membership(const connection_ghost &c);

} // namespace interfuse
