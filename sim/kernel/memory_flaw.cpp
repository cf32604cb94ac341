// What is wrong with an access to memory that the shadow holds closed: what lies there, and what became of it.
#include <fmt/format.h>

#include "sim/kernel/mm.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/object_name.hpp"
#include "sim/shadow.hpp"
#include "sim/type_layout.hpp"

namespace sim {

using kernel::slab_address;

namespace {

std::ptrdiff_t offset_in(const slab_address &slab, const void *address)
{
    return static_cast<const std::byte *>(address) - slab.object();
}

std::string name_in(const slab_address &slab, const void *address)
{
    std::string text = fmt::format("{} at offset {}", name_of_object(address), offset_in(slab, address));
    return type_around(address).type == nullptr ? text : fmt::format("{} ({})", text, name_of_member(address));
}

// The bytes that were asked for.
std::size_t size_of(const slab_address &slab)
{
    std::size_t bytes = 0;
    while (bytes < slab.cache->object_bytes && !is_closed(slab.object() + bytes))
        ++bytes;
    return bytes;
}

bool has_mapped(const kernel::page *pg)
{
    const kernel::task_struct *self = kernel::this_task();
    return self->kmap[kernel::KM_USER0] == pg || self->kmap[kernel::KM_USER1] == pg;
}

std::optional<memory_flaw> flaw_in_page(const kernel::page *pg, const access &touched)
{
    if (!pg->live)
        return memory_flaw{"page_after_free", fmt::format("{} after its last reference was put", name_of_object(pg))};
    if (!has_mapped(pg))
        return memory_flaw{"page_not_mapped", fmt::format("{}, which it has not mapped", name_of_object(pg))};
    auto end = static_cast<const std::byte *>(touched.address) + touched.bytes;
    if (end > pg->data + kernel::PAGE_SIZE)
        return memory_flaw{"out_of_bounds", fmt::format("{}, beyond its end", name_of_object(pg))};
    return std::nullopt;
}

// An access that begins in a live object and goes on behind it, or nothing.
std::optional<memory_flaw> flaw_of_overflow(const access &touched)
{
    auto begin = static_cast<const std::byte *>(touched.address);
    slab_address slab = kernel::find_slab_object(begin);
    if (!slab.live() || is_closed(begin))
        return std::nullopt;
    std::size_t size = size_of(slab);
    return memory_flaw{"out_of_bounds", fmt::format("{}, {} of them past the end of its {} bytes", name_in(slab, begin),
                                                    begin + touched.bytes - slab.object() - size, size)};
}

std::optional<memory_flaw> flaw_in_object(const slab_address &slab, const access &touched, const std::byte *closed)
{
    if (!slab.live())
        return memory_flaw{"use_after_free", name_in(slab, closed)};
    if (is_still_resting(closed))
        return memory_flaw{"resting_object", name_in(slab, closed) + " while it rests"};
    if (!is_closed(closed)) // the judge has found that it rests no longer
        return std::nullopt;
    if (std::optional<memory_flaw> overflow = flaw_of_overflow(touched))
        return overflow;
    return memory_flaw{"out_of_bounds", fmt::format("{}, which has {} bytes", name_in(slab, closed), size_of(slab))};
}

// In the gap before or behind an object.
memory_flaw flaw_in_gap(const std::byte *closed)
{
    for (std::ptrdiff_t distance : {8, 16}) {
        slab_address before = kernel::find_slab_object(closed - distance);
        if (before.cache != nullptr)
            return {"out_of_bounds",
                    fmt::format("memory behind {} at offset {}, which has {} bytes", name_of_object(before.object()),
                                offset_in(before, closed), size_of(before))};
        slab_address behind = kernel::find_slab_object(closed + distance);
        if (behind.cache != nullptr)
            return {"out_of_bounds", fmt::format("memory before {} at offset {}",
                                                 name_of_object(behind.object()), offset_in(behind, closed))};
    }
    return {"out_of_bounds", "memory between two objects"};
}

} // namespace

std::optional<memory_flaw> find_memory_flaw(const access &touched, const std::byte *closed)
{
    if (const kernel::page *pg = kernel::find_frame(closed))
        return flaw_in_page(pg, touched);
    slab_address slab = kernel::find_slab_object(closed);
    if (slab.cache != nullptr)
        return flaw_in_object(slab, touched, closed);
    std::optional<memory_flaw> overflow = flaw_of_overflow(touched);
    return overflow ? overflow : flaw_in_gap(closed);
}

bool is_in_page(const void *address)
{
    return kernel::find_frame(address) != nullptr;
}

std::string name_of_byte(const void *address)
{
    slab_address slab = kernel::find_slab_object(address);
    return slab.cache != nullptr ? name_in(slab, address) : name_of_object(address);
}

} // namespace sim
