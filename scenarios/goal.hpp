// Goals: the states that a scenario is about. A sample that never reached one says nothing about it.
#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

#include "sim/event.hpp"

namespace interfuse {

// What happens to a request from outside.
enum class disturbance : std::uint8_t {
    kill,              // SIGKILL to its requester
    signal,            // another signal to its requester
    daemon_kill,       // SIGKILL to a task that has the device open
    abort,             // the connection is aborted
    close,             // the device is closed
    unmount,           // the mount is taken out of the name space
    shutdown,          // put_super ends the connection
    page_fault,        // the copy faults
    bad_address,       // the copy meets a bad address
    failed_allocation, // its requester gets no memory
};
inline constexpr unsigned disturbances = static_cast<unsigned>(disturbance::failed_allocation) + 1;
std::string_view name_of(disturbance by);

// Where a request is when it is struck.
enum class request_stage : std::uint8_t {
    none,        // the task struck has none: a reply's header is copied, an inode is made before there is a request
    waiting,     // its requester waits for one of the pool
    prepared,    // taken and not sent yet
    pending,
    reading,
    sent,
    replying,    // its reply is copied
    left_behind, // sent, and its requester has left
    finished,    // still referenced
};
inline constexpr unsigned request_stages = static_cast<unsigned>(request_stage::finished) + 1;
std::string_view name_of(request_stage at);

// One more than the highest opcode.
inline constexpr unsigned opcodes = 36;
// "LOOKUP"; "any" for 0, the opcode of a request that has none yet.
std::string_view name_of_opcode(unsigned opcode);

struct strike {
    disturbance by;
    request_stage at;
    unsigned opcode = 0; // 0 in a goal: whichever
};

// A request goes from one state to another; `sent` is SENT on whichever list.
struct passage {
    request_stage from, to;
    unsigned opcode = 0; // 0: whichever
};

// An event of a kind at a function of the core.
struct happening {
    sim::event_kind kind;
    std::string_view function;
};

// Called for by an actor with `reached`.
struct announcement {};

struct goal {
    const char *name; // what has happened
    std::variant<announcement, strike, passage, happening> when = announcement{};
};
inline constexpr unsigned goals_max = 64; // of a scenario

// Says that the state of that name is reached: an event of the calling task. Other names are ignored.
void reached(const char *name);

} // namespace interfuse
