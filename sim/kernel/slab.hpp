// MODELLED: linux/slab.h. Caches with poisoned free objects, double frees, leaks, and allocations that fail.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "sim/arena.hpp"
#include "sim/kernel/string.hpp"
#include "sim/place.hpp"

namespace kernel {

using sim::place;

using gfp_t = unsigned;
inline constexpr gfp_t GFP_KERNEL = 0xd0;
inline constexpr gfp_t SLAB_KERNEL = GFP_KERNEL;

inline constexpr unsigned slab_objects_max = 48; // at most 64, the bits of a word
inline constexpr unsigned char POISON_FREE = 0x6b; // freed
inline constexpr unsigned char POISON_INUSE = 0x5a; // allocated, not written yet

// The lowest free object is handed out next, so that equal sets of live objects are equal memory.
struct kmem_cache_t {
    const char *name;
    std::uint32_t object_bytes; // a multiple of 16
    std::uint32_t asked_bytes;
    std::uint32_t object_count; // that exist
    std::uint32_t object_room;  // entries of the table
    std::uint32_t table;        // offset in the arena of a table of the objects' offsets, which grows with them
    std::uint64_t live;         // bit i: object i is allocated
    std::uint32_t *offsets() const { return reinterpret_cast<std::uint32_t *>(sim::arena_base + table); }
    std::byte *object(unsigned index) const { return reinterpret_cast<std::byte *>(sim::arena_base + offsets()[index]); }
};

using slab_constructor = void (*)(void *, kmem_cache_t *, unsigned long);

// Null when out of memory. The constructors of 2006 are accepted and must be null.
kmem_cache_t *kmem_cache_create(const char *name, size_t size, size_t align, unsigned long flags,
                                slab_constructor constructor, slab_constructor destructor,
                                place where = place::here());
// 0; objects that are still allocated are reported.
int kmem_cache_destroy(kmem_cache_t *cache, place where = place::here());
// May sleep, and fail while the run's budget of failed allocations lasts.
void *kmem_cache_alloc(kmem_cache_t *cache, gfp_t flags, place where = place::here());
void kmem_cache_free(kmem_cache_t *cache, void *object, place where = place::here());

// Sizes up to kmalloc_max, each its own general cache.
inline constexpr size_t kmalloc_max = 4096;
void *kmalloc(size_t size, gfp_t flags, place where = place::here());
void *kzalloc(size_t size, gfp_t flags, place where = place::here());
void kfree(void *object, place where = place::here());

// Makes free objects of every cache before anybody asks for them, so that their addresses do not depend on who asks first.
// As many as asked for, but for caches of large objects.
void reserve_objects(unsigned each);

// The cache an address lies in and the index of its object there; null and 0 if it is in no cache's object.
struct slab_address {
    const kmem_cache_t *cache;
    unsigned index;
    bool live() const { return cache != nullptr && (cache->live >> index & 1) != 0; }
    const std::byte *object() const { return cache->object(index); }
};
slab_address find_slab_object(const void *address);

// All caches, for checkers.
inline constexpr unsigned slab_caches_max = 24;
struct slab_state {
    std::array<kmem_cache_t *, slab_caches_max> caches;
    std::uint32_t cache_count;
};
const slab_state &slab_caches();
// An object that is still allocated, or was written after its free: the rule that it breaks, its cache, and one sentence.
// All empty if there is none.
struct slab_leftover {
    const char *rule = "";
    const char *cache = "";
    std::string text;
};
slab_leftover find_slab_leftover();
// The sentence alone.
std::string check_slabs_empty();

} // namespace kernel
