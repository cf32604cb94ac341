// Argument memory: a requester's stack must outlive the copying of its request.
#pragma once

#include "checker/invariants/invariant.hpp"

namespace interfuse {

std::optional<broken> check_argument_memory();

} // namespace interfuse
