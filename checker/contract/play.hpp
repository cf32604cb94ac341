// What the rows of the contract are made of.
#pragma once

#include "checker/contract/row.hpp"
#include "core/fuse.hpp"

namespace interfuse::contract {

inline constexpr std::size_t lookup_bytes = sizeof(kernel::fuse::fuse_in_header) + 2; // the name and its end
inline constexpr std::size_t entry_bytes = sizeof(kernel::fuse::fuse_out_header) + sizeof(kernel::fuse::fuse_entry_out);

// Reads a request; its ID.
std::uint64_t take(const play &p);
// The same for READ, behind good replies to what opens the file.
std::uint64_t take_read(const play &p);
// Writes a reply that is only a header; its length is in the header, unless another is given.
long reply_error(const play &p, std::uint64_t unique, int error, std::size_t bytes = 16);
// Writes a good reply to LOOKUP, of so many bytes.
long reply_entry(const play &p, std::uint64_t unique, std::uint64_t nodeid = 'a', std::uint32_t mode = S_IFREG,
                 std::size_t bytes = entry_bytes);
// Writes a good reply of so many bytes, all zero behind the header.
long reply_zeros(const play &p, std::uint64_t unique, std::size_t bytes);
// The same, whose header ends where a page does; the rest is behind it.
long reply_from(const play &p, std::uintptr_t end_of_page, std::size_t bytes);
// Puts a header of a good reply at the address.
void put_header(const play &p, std::uintptr_t at, std::uint64_t unique, std::size_t bytes);
// Reads a request whose header ends where the page before `edge` does.
long read_over_edge(const play &p);
long do_nothing(const play &p);

// Of the requests that asks::background sends: their bytes, those of a full reply, and those of its last argument,
// which may be short.
inline constexpr std::size_t background_bytes = sizeof(kernel::fuse::fuse_in_header) + 8;
inline constexpr std::size_t background_reply_bytes = sizeof(kernel::fuse::fuse_out_header) + 8 + 16;
inline constexpr std::size_t background_last_bytes = 16;
// What the requester does; returns what its system call does.
long ask(const play &p, asks what);
kernel::u32 opcode_of(asks what);
// Sends requests in the background that nobody asks about: one, or as many as the pool has.
void send_another(const play &p);
void exhaust_pool(const play &p);

void abort_connection(const play &p);
void kill_requester(const play &p);
// A harmless signal for the running task.
void signal_self();
void set_nonblock(const play &p);

// Fault handlers of a page of zeros.
kernel::page *kill_meanwhile(void *p, std::uint64_t index);
kernel::page *abort_meanwhile(void *p, std::uint64_t index);
// Waits until the third task, another thread of the daemon's then, has done one of the following.
kernel::page *wait_for_other(void *p, std::uint64_t index);
void close_meanwhile(const play &p);
void reply_meanwhile(const play &p); // to the last request, too early

struct outcome {
    long result;
    long meanwhile; // of reply_meanwhile
    long requester;
    fate request;
    bool called;
};

// Arranges the row that is played; the setup's function of a scenario.
void arrange();
void use_row(const row &which);
// Of the world that the last run has left.
const outcome &played();
// What the requests in the background ended with.
void note_end(int error);
// The result of reply_meanwhile.
long result_meanwhile();

} // namespace interfuse::contract
