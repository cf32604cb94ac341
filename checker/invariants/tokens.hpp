// The units of outstanding_sem, and the count of those who use or want a request.
#pragma once

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/invariant.hpp"

namespace interfuse {

// More units than requests: too many tasks get through. Fewer: somebody waits for ever.
std::optional<broken> check_tokens(const connection_ghost &c);
std::optional<broken> check_tokens_lost(const connection_ghost &c);
std::optional<broken> check_num_waiting(const connection_ghost &c);

} // namespace interfuse
