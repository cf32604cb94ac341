// Which lockless fields two tasks accessed with nothing to order them: those that must be declared so.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace sim {

inline constexpr unsigned lockless_fields_max = 64;

// Every field declared lockless in a struct of the program under test, as "fuse_req.state", in alphabetical order, by its
// debug information.
std::span<const std::string> lockless_fields();

// Two lockless accesses to the field at the address met; the later is at that site.
void note_lockless_need(std::uint32_t site, const void *address);

// For tests: as if the declarations of these fields, bits by index in lockless_fields, were removed.
void undeclare(std::uint64_t fields);
bool is_undeclared(const void *address);

// By index in lockless_fields: those that were needed since the run began.
void begin_lockless_needs();
std::uint64_t lockless_needs();

} // namespace sim
