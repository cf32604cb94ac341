// Holes in a worker's buffers: a page is a bad address while the device copies.
#pragma once

#include <cstddef>
#include <cstdint>

namespace interfuse {

// The first pages of a buffer, each of which may be the hole.
inline constexpr unsigned hole_pages_max = 4;

struct hole {
    std::uintptr_t address;
    unsigned page; // of the buffer; hole_pages_max: there is none
};

// Makes a page of the calling task's buffer a bad address: which one, or none, is chosen.
hole punch_hole(std::uintptr_t start, std::size_t bytes);
// Makes it good again, with what it held.
void mend_hole(const hole &mended);

// The goals that are reached when EFAULT comes of a hole in that page.
const char *hole_in_request(unsigned page);
const char *hole_in_reply(unsigned page);

} // namespace interfuse
