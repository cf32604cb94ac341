// How a run ended.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/place.hpp"

namespace sim {

enum class verdict_kind : std::uint8_t {
    done,        // every task ended or rests, and the teardown went through
    hung,        // somebody sleeps and nobody can run
    stalled,     // as hung, but by the design of the scenario, which expects it
    violation,   // an invariant or a rule of the kernel does not hold
    bug,         // the simulated kernel's own BUG_ON
    oops,        // a wild access, or a call through a bad function pointer
    soft_lockup, // one step made more accesses than its bound
    step_limit,  // the run was cut: no finding, but no verdict on the rest either
};
std::string_view name_of(verdict_kind kind);

struct verdict {
    verdict_kind kind = verdict_kind::done;
    std::string invariant; // the name of what does not hold; empty for done, stalled and step_limit
    std::string message;   // one sentence
    place where = {};
    // What tells findings of one kind at one place apart: the caller of the function at `where`, of a hang also the
    // outermost one and why nobody should sleep there, or the cache of what was not freed; else empty.
    std::string caller = {};

    bool is_finding() const
    {
        return kind != verdict_kind::done && kind != verdict_kind::stalled && kind != verdict_kind::step_limit;
    }
};

} // namespace sim
