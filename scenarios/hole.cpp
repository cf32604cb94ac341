// Punching and mending.
#include "scenarios/hole.hpp"

#include <algorithm>
#include <array>

#include "sim/choose.hpp"
#include "sim/kernel/mmap.hpp"

namespace interfuse {

hole punch_hole(std::uintptr_t start, std::size_t bytes)
{
    std::uintptr_t first = start / kernel::PAGE_SIZE * kernel::PAGE_SIZE;
    std::size_t pages = (start + bytes - first + kernel::PAGE_SIZE - 1) / kernel::PAGE_SIZE;
    unsigned answer = sim::choose(sim::choice_kind::behaviour,
                                  static_cast<unsigned>(std::min<std::size_t>(pages, hole_pages_max)) + 1);
    if (answer == 0)
        return {0, hole_pages_max};
    hole punched{first + (answer - 1) * kernel::PAGE_SIZE, answer - 1};
    kernel::sys_mprotect(punched.address, 1, false);
    return punched;
}

void mend_hole(const hole &mended)
{
    if (mended.page < hole_pages_max)
        kernel::sys_mprotect(mended.address, 1, true);
}

const char *hole_in_request(unsigned page)
{
    static constexpr std::array<const char *, hole_pages_max> names = {
        "a bad address in the first page of a request", "in the second page of a request", "in the third page of a request",
        "in the fourth page of a request"};
    return names[page];
}

const char *hole_in_reply(unsigned page)
{
    static constexpr std::array<const char *, hole_pages_max> names = {
        "a bad address in the first page of a reply", "in the second page of a reply", "in the third page of a reply",
        "in the fourth page of a reply"};
    return names[page];
}

} // namespace interfuse
