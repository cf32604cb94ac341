// Which requests are on fc->background.
#pragma once

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/invariant.hpp"

namespace interfuse {

std::optional<broken> check_background(const connection_ghost &c);

} // namespace interfuse
