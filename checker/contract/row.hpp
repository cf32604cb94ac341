// One row of the errno contract: a world is arranged, somebody makes a system call, and this is what comes of it.
#pragma once

#include <cstdint>
#include <span>

#include "scenarios/stage.hpp"

namespace interfuse::contract {

// What a row's functions work on. The daemon's memory: `in` and `out` are good pages; `edge` is the end of a page
// behind which a page is read in by a handler; `brink` is the end of the last page that is mapped.
struct play {
    mount m;
    int bare; // the device once more, opened and not mounted
    std::uintptr_t in, out, edge, brink;
    task_struct *requester; // null if nobody asks
};

// `read` opens a file first, which wants direct I/O if its daemon says so; `background` sends a request of its own
// making, and its result is what `end` found.
enum class asks : std::uint8_t { nobody, lookup, lookup_twice, setxattr, read, background };
enum class init : std::uint8_t { answered, refused, unanswered };
// Of the requester's request, once the call is over.
enum class fate : std::uint8_t { none, pending, sent, over };

inline constexpr long not_asked = 1 << 20; // result of a requester that there is not

struct row {
    const char *entry;
    const char *condition;
    long result; // of the call
    fate request;
    long requester; // what its own system call returns in the end
    asks who;
    long (*call)(const play &); // by the daemon, once the requester sleeps
    init handshake = init::answered;
    void (*before)(const play &) = nullptr; // by the setup, before anybody asks
    void (*later)(const play &) = nullptr;  // by a third task, once requester and daemon sleep
    kernel::fault_handler fault = nullptr;  // reads the page at `edge` in, and does something else meanwhile
    bool huge_in_2006 = false;              // linux-2.6.17 returns the error as a count: fixes/04
};

std::span<const row> read_rows();
std::span<const row> write_rows();
std::span<const row> other_rows();
std::span<const row> requester_rows();
std::span<const row> background_rows();

} // namespace interfuse::contract
