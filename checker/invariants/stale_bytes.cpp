// Bytes of a page that neither a reply nor zeroing has written. A frame is filled with a pattern when it is allocated;
// where a row of it is left, nobody has written since.
#include "checker/invariants/stale_bytes.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checker/invariants/ghost.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/object_name.hpp"

namespace interfuse {

// Fewer may be data that happens to look like the pattern.
static constexpr std::ptrdiff_t bytes_min = 4;

void follow_page_flag(const sim::event &what)
{
    if (what.value != kernel::PG_uptodate)
        return;
    auto pg = static_cast<const kernel::page *>(what.object);
    const std::byte *end = pg->data + kernel::PAGE_SIZE;
    const std::byte *first = std::search_n(pg->data, pg->data + kernel::PAGE_SIZE, bytes_min,
                                           std::byte{kernel::POISON_INUSE});
    if (first == end)
        return;
    auto last = std::find_if(first, end, [](std::byte b) { return b != std::byte{kernel::POISON_INUSE}; });
    violated("stale_bytes", fmt::format("{} is marked up to date although {} bytes from {} on were never written",
                                        sim::name_of_object(pg), last - first, first - pg->data), what);
}

} // namespace interfuse
