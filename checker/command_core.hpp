// Continuing in the executable of the core that the user or a trace names.
#pragma once

#include <optional>
#include <string>

namespace interfuse {

// The core that this executable contains; defined by the build.
extern const char *const core_name;

// Does nothing if this is the core's executable. Else starts that in place of this one with the same arguments, or
// returns an exit status: `unknown_status` for a name that does not exist. `prefix` opens the sentence in that case.
std::optional<int> continue_in_core(const std::string &core, char **argv, int unknown_status,
                                    const std::string &prefix);

} // namespace interfuse
