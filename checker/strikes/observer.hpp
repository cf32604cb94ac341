// The observer of a run: finds out from the core's state what is struck when a disturbance happens.
#pragma once

#include <span>

#include "checker/strikes/observation.hpp"

namespace interfuse {

// A new run of a scenario with these goals. The observer sees them until the next call.
void begin_observing(std::span<const goal> goals);

// What has been seen since.
const observation &observed();

// The kinds that the observer looks at in every run, by bits. Most events are of others.
inline constexpr std::uint64_t always_observed = [] {
    std::uint64_t kinds = 0;
    for (sim::event_kind kind : {sim::event_kind::mark, sim::event_kind::store, sim::event_kind::signal_send,
                                 sim::event_kind::page_fault, sim::event_kind::bad_address,
                                 sim::event_kind::alloc_failed})
        kinds |= std::uint64_t{1} << static_cast<unsigned>(kind);
    return kinds;
}();

// These and those that the goals of the run name.
inline constinit std::uint64_t observed_kinds = always_observed;

void observe_slowly(const sim::event &what);

// Listener of events; it changes nothing. REQUIRES: the ghost state follows the run.
inline void observe(const sim::event &what)
{
    if ((observed_kinds >> static_cast<unsigned>(what.kind) & 1) != 0)
        observe_slowly(what);
}

} // namespace interfuse
