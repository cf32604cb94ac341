// Events in the words of a kernel engineer.
#pragma once

#include <string>

#include "checker/trace/trace.hpp"

namespace interfuse {

// Such as "lock fc->lock" or "read() = -EINTR".
std::string wording_of(const trace_event &event);

// Such as "dev.cpp:412".
std::string wording_of(const source_place &where);

} // namespace interfuse
