// Events: what the fakes did, for the ghost state of checkers, for digests and for traces.
#pragma once

#include <cstdint>
#include <string_view>

#include "sim/place.hpp"

namespace sim {

// The kind's name, by which traces know it, is in event.cpp.
enum class event_kind : std::uint8_t {
    task_start,
    task_end,
    lock,
    unlock,
    atomic_set,
    atomic_inc,
    atomic_dec,
    atomic_read,
    load,
    store,
    sleep,
    wake,
    wait_add,
    wait_remove,
    task_state,
    schedule,
    down,
    down_failed,
    up,
    read_lock,
    read_unlock,
    write_lock,
    write_unlock,
    signal_send,
    signal_mask,
    signal_pending,
    signal_deliver,
    alloc,
    alloc_failed,
    free,
    kmap,
    kunmap,
    page_fault,
    bad_address,
    page_get,
    page_put,
    page_lock,
    page_unlock,
    page_dirty,
    ref_get,
    ref_put,
    ref_last,
    call,
    syscall,
    syscall_end,
    fasync,
    poll,
    mark,
};
inline constexpr unsigned event_kinds = static_cast<unsigned>(event_kind::mark) + 1;
std::string_view name_of(event_kind kind);

struct event {
    event_kind kind;
    const void *object;  // in the arena, or null
    std::uint64_t value; // by kind: a new value, a signal, a result; 0 where there is none
    place where;         // the caller of the fake; without a line where pc stands for it
    const void *pc;      // return address into the caller, for operators, which cannot take a place; else null
};

} // namespace sim
