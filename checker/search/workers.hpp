// Forked processes that sample blocks.
#pragma once

#include <functional>
#include <string>

#include "checker/search/blocks.hpp"

namespace interfuse {

// As sample_blocks, in how.jobs processes; `take` is called in this one. Returns what went wrong with a worker, or
// nothing.
std::string sample_in_workers(runner &on, const sampling &how, shared_progress &shared,
                              const std::function<void(const block &)> &take);

} // namespace interfuse
