// Names of event and choice kinds.
#include "sim/event.hpp"

#include <array>

#include "sim/choose.hpp"

namespace sim {

std::string_view name_of(event_kind kind)
{
    static constexpr std::array<std::string_view, event_kinds> names = {
        "task-start",  "task-end",    "lock",        "unlock",      "atomic-set",   "atomic-inc",     "atomic-dec",
        "atomic-read", "load",        "store",       "sleep",       "wake",         "wait-add",       "wait-remove",
        "task-state",  "schedule",    "down",        "down-failed", "up",           "read-lock",      "read-unlock",
        "write-lock",  "write-unlock", "signal-send", "signal-mask", "signal-pending", "signal-deliver", "alloc",
        "alloc-failed", "free",       "kmap",        "kunmap",      "page-fault",   "bad-address",    "page-get",
        "page-put",    "page-lock",   "page-unlock", "page-dirty",  "ref-get",      "ref-put",        "ref-last",
        "call",        "syscall",     "syscall-end", "fasync",      "poll",         "mark"};
    static_assert(!names.back().empty(), "each event kind has a name");
    return names[static_cast<unsigned>(kind)];
}

std::string_view name_of(choice_kind kind)
{
    static constexpr std::array<std::string_view, choice_kinds> names = {"schedule", "preempt", "page-fault", "bad-address",
                                                                         "allocation", "behaviour"};
    return names[static_cast<unsigned>(kind)];
}

} // namespace sim
