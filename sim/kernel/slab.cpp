// Slab caches.
#include "sim/kernel/slab.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "sim/fault.hpp"
#include "sim/kernel/budget.hpp"
#include "sim/kernel/bug.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/object_name.hpp"
#include "sim/races.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;

static const sim::per_world<slab_state> state;

const slab_state &slab_caches()
{
    return state.get();
}

static std::uint64_t bit(unsigned index)
{
    return std::uint64_t{1} << index;
}

static kmem_cache_t *make_cache(const char *name, size_t size)
{
    slab_state &all = state.get();
    sim::require(all.cache_count < slab_caches_max, "more slab caches than a world has room for");
    auto *cache = static_cast<kmem_cache_t *>(sim::allocate(sizeof(kmem_cache_t)));
    cache->name = name;
    cache->object_bytes = static_cast<std::uint32_t>((size + 15) / 16 * 16);
    cache->asked_bytes = static_cast<std::uint32_t>(size);
    all.caches[all.cache_count++] = cache;
    return cache;
}

kmem_cache_t *kmem_cache_create(const char *name, size_t size, size_t, unsigned long, slab_constructor constructor,
                                slab_constructor destructor, place where)
{
    might_sleep(where);
    sim::require(constructor == nullptr && destructor == nullptr, "slab constructors are not modelled");
    if (disturb(sim::choice_kind::allocation, budget().failed_allocations))
        return nullptr;
    return make_cache(name, size);
}

int kmem_cache_destroy(kmem_cache_t *cache, place where)
{
    might_sleep(where);
    if (cache->live != 0)
        rule_broken("slab_leak", fmt::format("cache {} is destroyed with {} objects in use", cache->name,
                                             std::popcount(cache->live)), where);
    slab_state &all = state.get();
    for (unsigned i = 0; i < all.cache_count; ++i)
        if (all.caches[i] == cache)
            all.caches[i] = all.caches[--all.cache_count];
    return 0;
}

static bool is_poison(const std::byte *object, std::uint32_t bytes)
{
    // All bytes are equal if each equals its neighbour.
    return std::to_integer<unsigned char>(*object) == POISON_FREE && std::memcmp(object, object + 1, bytes - 1) == 0;
}

// The offset of the first byte of a free object that is no longer poison; its size if there is none.
static std::uint32_t written_while_free(const kmem_cache_t &cache, unsigned index)
{
    const std::byte *object = cache.object(index);
    std::uint32_t offset = 0;
    if (is_poison(object, cache.object_bytes)) [[likely]]
        return cache.object_bytes;
    while (is_poison(object + offset, 1))
        ++offset;
    return offset;
}

static void check_poison(const kmem_cache_t *cache, unsigned index, const place &where)
{
    std::uint32_t offset = written_while_free(*cache, index);
    if (offset < cache->object_bytes)
        rule_broken("write_after_free", fmt::format("free object {} of cache {} was written at offset {}",
                                                    index, cache->name, offset), where);
}

static std::uint32_t offset_of(const void *memory)
{
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(memory) - sim::arena_base);
}

static void grow_table(kmem_cache_t *cache)
{
    std::uint32_t room = cache->object_room == 0 ? 4 : cache->object_room * 2;
    void *table = sim::allocate(room * sizeof(std::uint32_t));
    if (cache->object_count > 0)
        std::memcpy(table, cache->offsets(), cache->object_count * sizeof(std::uint32_t));
    cache->object_room = room;
    cache->table = offset_of(table);
}

static constexpr std::uint32_t gap_bytes = 16;

static unsigned grow(kmem_cache_t *cache)
{
    sim::require(cache->object_count < slab_objects_max, "a slab cache holds more objects than a world has room for");
    if (cache->object_count == cache->object_room)
        grow_table(cache);
    unsigned index = cache->object_count++;
    // The memory watcher sees who leaves an object only if there is something between it and the next one.
    std::uint32_t gap = sim::is_shadowed() ? gap_bytes : 0;
    auto *memory = static_cast<std::byte *>(sim::allocate(gap + cache->object_bytes + gap));
    sim::mark_closed(memory, gap + cache->object_bytes + gap);
    cache->offsets()[index] = offset_of(memory + gap);
    return index;
}

static void *take_object(kmem_cache_t *cache, size_t size, const place &where)
{
    auto index = static_cast<unsigned>(std::countr_one(cache->live));
    if (index >= cache->object_count)
        index = grow(cache);
    else
        check_poison(cache, index, where);
    cache->live |= bit(index);
    sim::begin_life(cache->object(index), cache->object_bytes);
    sim::mark_new(cache->object(index), size);
    return std::memset(cache->object(index), POISON_INUSE, cache->object_bytes);
}

static void *allocate_object(kmem_cache_t *cache, size_t size, const place &where, const char *callee)
{
    might_sleep(where, callee);
    sim::point_before_operation();
    if (disturb(sim::choice_kind::allocation, budget().failed_allocations)) {
        emit(event_kind::alloc_failed, nullptr, 0, where);
        return nullptr;
    }
    void *object = take_object(cache, size, where);
    emit(event_kind::alloc, object, 0, where);
    return object;
}

void *kmem_cache_alloc(kmem_cache_t *cache, gfp_t, place where)
{
    return allocate_object(cache, cache->asked_bytes, where, "kmem_cache_alloc");
}

slab_address find_slab_object(const void *address)
{
    auto wanted = static_cast<const std::byte *>(address);
    if (!sim::in_heap(address))
        return {nullptr, 0};
    const slab_state &all = state.get();
    for (unsigned c = 0; c < all.cache_count; ++c) {
        const kmem_cache_t *cache = all.caches[c];
        for (unsigned i = 0; i < cache->object_count; ++i)
            if (wanted >= cache->object(i) && wanted < cache->object(i) + cache->object_bytes)
                return {cache, i};
    }
    return {nullptr, 0};
}

static void give_back(kmem_cache_t *cache, void *object, const place &where)
{
    for (unsigned i = 0; i < cache->object_count; ++i) {
        if (cache->object(i) != object)
            continue;
        if ((cache->live & bit(i)) == 0) {
            rule_broken("double_free", fmt::format("{} was freed already", sim::name_of_object(object)), where);
            return;
        }
        emit(event_kind::free, object, 0, where);
        sim::end_life(object, cache->object_bytes, where);
        cache->live &= ~bit(i);
        std::memset(object, POISON_FREE, cache->object_bytes);
        sim::mark_closed(object, cache->object_bytes);
        return;
    }
    rule_broken("bad_free", fmt::format("{} is no object of cache {}", sim::name_of_object(object), cache->name), where);
}

void kmem_cache_free(kmem_cache_t *cache, void *object, place where)
{
    sim::point_before_operation();
    give_back(cache, object, where);
}

static constexpr std::array<std::uint16_t, 8> general_sizes = {32, 64, 128, 256, 512, 1024, 2048, kmalloc_max};
static constexpr std::array<const char *, 8> general_names = {"size-32",  "size-64",   "size-128",  "size-256",
                                                              "size-512", "size-1024", "size-2048", "size-4096"};
static const sim::per_world<std::array<kmem_cache_t *, 8>> general;

static void *allocate_sized(size_t size, const place &where, const char *callee)
{
    for (unsigned i = 0; i < general_sizes.size(); ++i) {
        if (size > general_sizes[i])
            continue;
        kmem_cache_t *&cache = general.get()[i];
        if (cache == nullptr)
            cache = make_cache(general_names[i], general_sizes[i]);
        return allocate_object(cache, size, where, callee);
    }
    return nullptr;
}

void *kmalloc(size_t size, gfp_t, place where)
{
    return allocate_sized(size, where, "kmalloc");
}

void *kzalloc(size_t size, gfp_t, place where)
{
    void *object = allocate_sized(size, where, "kzalloc");
    if (object == nullptr)
        return nullptr;
    sim::wrote(object, size, where);
    return std::memset(object, 0, size);
}

void kfree(void *object, place where)
{
    if (object == nullptr)
        return;
    sim::point_before_operation();
    const kmem_cache_t *home = find_slab_object(object).cache;
    for (kmem_cache_t *cache : general.get()) {
        if (cache == nullptr || home != cache)
            continue;
        give_back(cache, object, where);
        return;
    }
    rule_broken("bad_free", fmt::format("{} was not allocated with kmalloc", sim::name_of_object(object)), where);
}

void reserve_objects(unsigned each)
{
    constexpr std::uint32_t bytes_each = 2048;
    for (unsigned i = 0; i < general_sizes.size(); ++i)
        if (general.get()[i] == nullptr)
            general.get()[i] = make_cache(general_names[i], general_sizes[i]);
    const slab_state &all = state.get();
    for (unsigned c = 0; c < all.cache_count; ++c) {
        kmem_cache_t *cache = all.caches[c];
        unsigned room = slab_objects_max - cache->object_count;
        unsigned wanted = std::min({each, room, std::max(1U, bytes_each / cache->object_bytes)});
        for (unsigned i = 0; i < wanted; ++i)
            std::memset(cache->object(grow(cache)), POISON_FREE, cache->object_bytes);
    }
}

slab_leftover find_slab_leftover()
{
    const slab_state &all = state.get();
    for (unsigned c = 0; c < all.cache_count; ++c) {
        const kmem_cache_t &cache = *all.caches[c];
        for (unsigned i = 0; i < cache.object_count; ++i) {
            if ((cache.live >> i & 1) != 0)
                return {"leak", cache.name,
                        fmt::format("{} was never freed (cache {})", sim::name_of_object(cache.object(i)), cache.name)};
            if (written_while_free(cache, i) < cache.object_bytes)
                return {"write_after_free", cache.name,
                        fmt::format("free object {} of cache {} was written", i, cache.name)};
        }
    }
    return {};
}

std::string check_slabs_empty()
{
    return find_slab_leftover().text;
}

} // namespace kernel
