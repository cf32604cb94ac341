// Invariants of the core: what must hold in every reachable world.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/place.hpp"

namespace interfuse {

// What does not hold, in one sentence that names the objects.
struct broken {
    std::string message;
};

// What an invariant looks at. It is checked when that has changed, and else holds as before.
enum class looks_at : std::uint8_t {
    events,   // at each event, by those who follow them; there is no check between steps
    lists,    // of a connection whose lock was just released
    counts,   // references of requests, while no connection is locked
    counters, // semaphore, debt and num_waiting, while no connection is locked
    copying,  // requests that are locked for copying
    end,      // a run in which everybody is through, before the teardown
};
inline constexpr unsigned looks = static_cast<unsigned>(looks_at::end) + 1;

struct connection_ghost;

struct invariant {
    const char *name;
    const char *verifies;
    const char *holds_when;
    const char *leaves_out;
    looks_at what;
    // Of all connections, or of one. Both are null for an invariant that follows events.
    std::optional<broken> (*check)() = nullptr;
    std::optional<broken> (*check_connection)(const connection_ghost &) = nullptr;
};

// All invariants, in order.
std::span<const invariant> all_invariants();

// Rules of the kernel that the fakes check themselves: name, and what it verifies.
struct kernel_rule {
    const char *name;
    const char *verifies;
    const char *leaves_out = ""; // empty: nothing that its name promises
    const char *watcher = "";    // that must be on; empty: none
};
std::span<const kernel_rule> all_kernel_rules();

// All that may be violated. An entry has one name, or several that belong together, separated by commas; a rule that has the
// name of an invariant is the same entry.
std::vector<std::string> entries_of_checks();
// Each name by itself.
std::vector<std::string> names_of_checks();

// A hash of what the world means: tasks' states, requests, lists, counts, by numbers that depend on neither
// addresses nor the compiler. Equal worlds have equal hashes.
std::uint64_t semantic_hash();

} // namespace interfuse
