// What the exit status of interfuse means.
#pragma once

namespace interfuse {

inline constexpr int exit_met = 0;       // the goal was met and nothing new was violated
inline constexpr int exit_violation = 1; // something is violated
inline constexpr int exit_usage = 2;    // the command line, the environment or a config file asks for what is not there
inline constexpr int exit_diverged = 3; // a replay diverged, or a run was not deterministic
inline constexpr int exit_incomplete = 4; // a search over states could not finish within its bounds
inline constexpr int exit_rejected = 5; // an input file was rejected
inline constexpr int exit_error = 70;   // an error of interfuse itself
inline constexpr int exit_by_signal = 128; // plus the number of the signal that interrupted

} // namespace interfuse
