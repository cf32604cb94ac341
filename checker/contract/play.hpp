// What the rows of the contract are made of.
#pragma once

#include "checker/contract/row.hpp"
#include "core/fuse.hpp"

namespace interfuse::contract {

inline constexpr std::size_t lookup_bytes = sizeof(kernel::fuse::fuse_in_header) + 2; // the name and its end
inline constexpr std::size_t entry_bytes = sizeof(kernel::fuse::fuse_out_header) + sizeof(kernel::fuse::fuse_entry_out);

// Reads a request; its ID.
std::uint64_t take(const play &p);
// Writes a reply that is only a header; its length is in the header, unless another is given.
long reply_error(const play &p, std::uint64_t unique, int error, std::size_t bytes = 16);
// Writes a good reply to LOOKUP, of so many bytes.
long reply_entry(const play &p, std::uint64_t unique, std::uint64_t nodeid = 'a', std::uint32_t mode = S_IFREG,
                 std::size_t bytes = entry_bytes);
// Puts a header of a good reply to LOOKUP at the address.
void put_header(const play &p, std::uintptr_t at, std::uint64_t unique, std::size_t bytes);

void abort_connection(const play &p);
void kill_requester(const play &p);
// A harmless signal for the running task.
void signal_self();
void set_nonblock(const play &p);

// Fault handlers of a page of zeros.
kernel::page *kill_meanwhile(void *p, std::uint64_t index);
kernel::page *abort_meanwhile(void *p, std::uint64_t index);

struct outcome {
    long result;
    long requester;
    fate request;
    bool called;
};

// Arranges the row that is played; the setup's function of a scenario.
void arrange();
void use_row(const row &which);
// Of the world that the last run has left.
const outcome &played();

} // namespace interfuse::contract
