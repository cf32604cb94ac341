// The one source of nondeterminism: every open question of a run is one call of choose.
#pragma once

#include <cstdint>
#include <string_view>

namespace sim {

enum class choice_kind : std::uint8_t {
    schedule,    // the running task sleeps or has ended: which runnable task is next, counted in index order
    preempt,     // 0: the running task goes on; else which of the other runnable tasks takes over, in index order
    page_fault,  // 0: the page is present, 1: the access faults
    bad_address, // 0: the address is good, 1: it is not mapped
    allocation,  // 0: the allocation succeeds, 1: it fails
    behaviour,   // what a task of user space does next; meaning by the call
};
inline constexpr unsigned choice_kinds = 6;
std::string_view name_of(choice_kind kind);

// The most alternatives of one choice.
inline constexpr unsigned alternatives_max = 64;

struct choice {
    choice_kind kind;
    std::uint8_t alternatives;
    std::uint8_t answer;
    bool operator==(const choice &) const = default;
};

// Answers the choices of runs. Not part of the world: a strategy may keep what it likes between runs.
class strategy {
public:
    virtual ~strategy() = default;
    // Called before the first choice of each run.
    virtual void begin(std::uint64_t run) = 0;
    // Returns an answer below alternatives. REQUIRES: 2 <= alternatives <= alternatives_max.
    virtual unsigned choose(choice_kind kind, unsigned alternatives) = 0;
};

// The answer to an open question. A question with one alternative is not asked; in setup and teardown nothing is
// chosen and the answer is 0.
unsigned choose(choice_kind kind, unsigned alternatives);

} // namespace sim
