// Findings that are written up.
#pragma once

#include <cstdint>

namespace interfuse {

// The trace of the documented finding, or null. Only the faithful core has documented findings.
const char *documented_trace(const char *core, std::uint64_t fingerprint);

} // namespace interfuse
