// The structs of the objects that the program under test works on.
#pragma once

#include "sim/object_name.hpp"

namespace interfuse {

// For sim::install_type_finder.
sim::typed_object type_of_core_object(const void *address);

} // namespace interfuse
