// The scenarios, one function each.
#pragma once

#include "scenarios/scenario.hpp"

namespace interfuse {

scenario one_request();
scenario killed_request();
scenario aborted_request();
scenario daemon_dies();
scenario init();
scenario release();
scenario unmount();
scenario fault_in_reply();

} // namespace interfuse
