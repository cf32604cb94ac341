// Pages that are marked up to date.
#pragma once

#include "sim/event.hpp"

namespace interfuse {

// A flag of a page was set.
void follow_page_flag(const sim::event &what);

} // namespace interfuse
