// MODELLED: static variables of a module. Each belongs to the world, so that it is saved and restored with it.
#pragma once

#include "sim/world.hpp"

namespace kernel {

using sim::per_world;

} // namespace kernel
