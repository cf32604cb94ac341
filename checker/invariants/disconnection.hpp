// A dead connection takes nothing in.
#pragma once

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/invariant.hpp"

namespace interfuse {

std::optional<broken> check_connected(const connection_ghost &c);
// Nobody waits for the daemon of an aborted connection.
std::optional<broken> check_cut_off(const connection_ghost &c);

} // namespace interfuse
