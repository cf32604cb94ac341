// Names for objects of the simulated program, as a reader of its source would call them.
#pragma once

#include <cstdint>
#include <string>

#include "sim/place.hpp"

namespace sim {

// The name of the object at an address of the arena, by the namer that the checker installed; without one, or for
// an object it does not know, its offset in the arena. Deterministic.
std::string name_of_object(const void *object);

// What a value of an object means, such as the name of a state; empty where the number says it all.
std::string name_of_value(const void *object, std::uint64_t value);

// "function (file:line)", without the file's folder.
std::string name_of_place(const place &where);

// The struct that an address lies in, if the installed finder knows: its name, and where it begins.
struct typed_object {
    const char *type; // null: not known
    const void *start;
};
typed_object type_around(const void *address);

void install_type_finder(typed_object (*finder)(const void *address));
void install_value_namer(std::string (*namer)(const void *object, std::uint64_t value));
void install_object_namer(std::string (*namer)(const void *object));

} // namespace sim
