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

// Does nothing if the fakes of this executable are watched, as the search needs it. Else starts the executable of the same core
// in which they are, or returns an exit status.
std::optional<int> continue_in_search(char **argv);

} // namespace interfuse
