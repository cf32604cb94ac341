// The observer of a run: finds out from the core's state what is struck when a disturbance happens.
#pragma once

#include <span>

#include "checker/strikes/observation.hpp"

namespace interfuse {

// The goals of the runs to come; the observer looks at them until the next call.
void seek(std::span<const goal> goals);
// A run begins.
void begin_observing();

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

// A goal of the run is a passage, so that each new state of a request matters.
extern bool seeks_passages;

void observe_slowly(const sim::event &what);

// Listener of events; it changes nothing. REQUIRES: the ghost state follows the run.
inline void observe(const sim::event &what)
{
    if ((observed_kinds >> static_cast<unsigned>(what.kind) & 1) == 0)
        return;
    // Of stores, which are by far the most, only the end of a connection matters else.
    if (what.kind == sim::event_kind::store && what.value != 0 && !seeks_passages)
        return;
    observe_slowly(what);
}

} // namespace interfuse
