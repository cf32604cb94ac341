// Options of the verbs that make trials.
#pragma once

#include "checker/command_line.hpp"
#include "checker/trials/trial.hpp"

namespace interfuse {

// --runs, --max-time, --seed and --jobs. Sets their presets, `runs` among them.
void add_trial_options(verb_line &app, search_limits &limits, std::uint64_t runs);

} // namespace interfuse
