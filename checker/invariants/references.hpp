// References to requests against their owners.
#pragma once

#include "checker/invariants/invariant.hpp"

namespace interfuse {

std::optional<broken> check_reference_counts();

} // namespace interfuse
