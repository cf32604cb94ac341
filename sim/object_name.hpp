// Names for objects of the simulated program, as a reader of its source would call them.
#pragma once

#include <string>

namespace sim {

// The name of the object at an address of the arena, by the namer that the checker installed; without one, or for
// an object it does not know, its offset in the arena. Deterministic.
std::string name_of_object(const void *object);

void install_object_namer(std::string (*namer)(const void *object));

} // namespace sim
