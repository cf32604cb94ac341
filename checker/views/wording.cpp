// Events in the words of a kernel engineer.
#include "checker/views/wording.hpp"

#include <array>
#include <cstring>

#include <fmt/format.h>

namespace interfuse {

namespace {

using sim::event_kind;

struct phrase {
    event_kind kind;
    const char *pattern; // {0} is the object, {1} the value
};

// In the order of event_kind.
constexpr std::array<phrase, sim::event_kinds> phrases = {{
    {event_kind::task_start, "starts"},
    {event_kind::task_end, "ends"},
    {event_kind::lock, "lock {0}"},
    {event_kind::unlock, "unlock {0}"},
    {event_kind::atomic_set, "{0} = {1}"},
    {event_kind::atomic_inc, "inc {0}, now {1}"},
    {event_kind::atomic_dec, "dec {0}, now {1}"},
    {event_kind::atomic_read, "{0} is {1}"},
    {event_kind::load, "{0} is {1}"},
    {event_kind::store, "{0} = {1}"},
    {event_kind::sleep, "sleeps on {0}"},
    {event_kind::wake, "wake {0}"},
    {event_kind::wait_add, "wait on {0}"},
    {event_kind::wait_remove, "off {0}"},
    {event_kind::task_state, "state {1}"},
    {event_kind::schedule, "schedule()"},
    {event_kind::down, "down {0}, now {1}"},
    {event_kind::down_failed, "down {0} failed"},
    {event_kind::up, "up {0}, now {1}"},
    {event_kind::read_lock, "read lock {0}"},
    {event_kind::read_unlock, "read unlock {0}"},
    {event_kind::write_lock, "write lock {0}"},
    {event_kind::write_unlock, "write unlock {0}"},
    {event_kind::signal_send, "signal {1} to {0}"},
    {event_kind::signal_mask, "signals {1}"},
    {event_kind::signal_pending, "signal pending for {0}: {1}"},
    {event_kind::signal_deliver, "signals delivered{1}"},
    {event_kind::alloc, "alloc {0}"},
    {event_kind::alloc_failed, "allocation fails"},
    {event_kind::free, "free {0}"},
    {event_kind::kmap, "kmap {0}"},
    {event_kind::kunmap, "kunmap {0}"},
    {event_kind::page_fault, "page fault on {0}"},
    {event_kind::bad_address, "bad address"},
    {event_kind::page_get, "get {0}, now {1}"},
    {event_kind::page_put, "put {0}, now {1}"},
    {event_kind::page_lock, "lock {0}"},
    {event_kind::page_unlock, "unlock {0}"},
    {event_kind::page_dirty, "dirty {0}"},
    {event_kind::ref_get, "get {0}, now {1}"},
    {event_kind::ref_put, "put {0}, now {1}"},
    {event_kind::ref_last, "put {0}, the last"},
    {event_kind::call, "call back with {0}"},
    {event_kind::syscall, "{0}()"},
    {event_kind::syscall_end, "{0}() = {1}"},
    {event_kind::fasync, "fasync {0}: {1}"},
    {event_kind::poll, "poll {0}: {1}"},
    {event_kind::mark, "mark {0}: {1}"},
}};

constexpr bool in_order()
{
    for (std::size_t i = 0; i < phrases.size(); ++i) {
        if (static_cast<std::size_t>(phrases[i].kind) != i)
            return false;
    }
    return true;
}
static_assert(in_order(), "phrases are looked up by kind");

// A failing system call shows its error by name.
std::string result_text(std::int64_t value)
{
    const char *name = value < 0 && value > -200 ? strerrorname_np(static_cast<int>(-value)) : nullptr;
    return name != nullptr ? fmt::format("-{}", name) : std::to_string(value);
}

std::string state_text(std::int64_t value)
{
    static constexpr std::array<const char *, 3> names = {"RUNNING", "INTERRUPTIBLE", "UNINTERRUPTIBLE"};
    bool named = value >= 0 && value < static_cast<std::int64_t>(names.size());
    return named ? names[static_cast<std::size_t>(value)] : std::to_string(value);
}

std::string value_text(const trace_event &event)
{
    if (!event.meaning.empty())
        return event.meaning;
    switch (event.kind) {
    case event_kind::syscall_end:
        return result_text(event.value);
    case event_kind::task_state:
        return state_text(event.value);
    case event_kind::signal_mask:
        return event.value != 0 ? "blocked" : "unblocked";
    case event_kind::signal_pending:
        return event.value != 0 ? "yes" : "no";
    case event_kind::signal_deliver:
        return event.value != 0 ? ", killed" : "";
    default:
        return std::to_string(event.value);
    }
}

std::string afterthought(const trace_event &event)
{
    if (event.kind == event_kind::wait_add && event.value == 1)
        return ", exclusive";
    if (event.kind == event_kind::wake && event.value > 0)
        return fmt::format(" ({} woken)", event.value);
    return "";
}

} // namespace

std::string wording_of(const trace_event &event)
{
    const phrase &words = phrases[static_cast<std::size_t>(event.kind)];
    return fmt::format(fmt::runtime(words.pattern), event.object, value_text(event)) + afterthought(event);
}

std::string wording_of(const source_place &where)
{
    if (where.line == 0)
        return "";
    return fmt::format("{}:{}", where.file.substr(where.file.rfind('/') + 1), where.line);
}

} // namespace interfuse
