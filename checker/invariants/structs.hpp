// The structs of the objects that the program under test works on.
#pragma once

#include "sim/object_name.hpp"

namespace interfuse {

// For sim::install_type_finder.
sim::typed_object type_of_core_object(const void *address);
// For sim::install_lock_namer: the mutex of a directory is taken in other orders than that of a file.
std::string class_of_core_lock(const void *lock);

} // namespace interfuse
