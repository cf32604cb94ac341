// Invariants of the core: what must hold in every reachable world.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "sim/place.hpp"

namespace interfuse {

// What does not hold, in one sentence that names the objects.
struct broken {
    std::string message;
};

struct invariant {
    const char *name;
    const char *verifies;
    const char *holds_when;
    const char *leaves_out;
    std::optional<broken> (*check)();
};

// All invariants that are checked between steps, in order.
std::span<const invariant> all_invariants();

// Rules of the kernel that the fakes check themselves: name, and what it verifies.
struct kernel_rule {
    const char *name;
    const char *verifies;
};
std::span<const kernel_rule> all_kernel_rules();

// A hash of what the world means: tasks' states, requests, lists, counts, by numbers that depend on neither
// addresses nor the compiler. Equal worlds have equal hashes.
std::uint64_t semantic_hash();

} // namespace interfuse
