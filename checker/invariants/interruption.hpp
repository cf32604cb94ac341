// An interrupted request stays interrupted and is not waited for by a reply.
#pragma once

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/invariant.hpp"

namespace interfuse {

std::optional<broken> check_interrupted(const connection_ghost &c);

} // namespace interfuse
