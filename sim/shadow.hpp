// Which bytes of the heap the program under test may touch, and which it has written since they were allocated.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "sim/dead_frames.hpp"
#include "sim/run.hpp"

namespace sim {

// Each 8 bytes of the heap have a word here. Its low byte has a bit for each byte that must not be read: closed, or
// open and never written. Its high byte has a bit for each closed one. Zero, as in memory that nobody has marked, allows
// everything below the heap's end, behind which all is closed. The words are part of the world, and kept up while the
// memory watcher is on.
using shadow_word = std::uint16_t;

inline shadow_word &shadow_at(std::size_t heap_offset)
{
    return reinterpret_cast<shadow_word *>(shadow_base)[heap_offset / 8];
}

// Whether this world has a shadow: the memory watcher was on when it was reset.
inline bool is_shadowed()
{
    return the_world().shadowed;
}

// For those who hand out memory. No effect in a world without shadow.
void mark_new(const void *start, std::size_t bytes); // may be touched, and was never written
void mark_closed(const void *start, std::size_t bytes);
void mark_written(const void *start, std::size_t bytes); // may be touched

// What lies between the heap's end and a new allocation, and behind that in its last eight bytes, is nobody's.
void mark_allocation(std::size_t heap_offset, std::size_t bytes);

// Fakes tell what they have written on behalf of the program, which has called them at that place. It may be memory that
// nobody should write to.
void mark_stored(const void *start, std::size_t bytes, const place &where);
inline void wrote(const void *start, std::size_t bytes, const place &where)
{
    if (is_shadowed()) [[unlikely]]
        mark_stored(start, bytes, where);
}
inline bool is_closed(const void *address)
{
    std::size_t offset = reinterpret_cast<std::uintptr_t>(address) - arena_base;
    return offset < heap_bytes && (shadow_at(offset) >> 8 >> (offset & 7) & 1) != 0;
}

// An object that rests, as a request in a pool does: nobody is to touch more of it than its links. The judge that is
// installed is asked at each such touch whether the object that contains the address does rest still.
void mark_resting(const void *object, std::size_t bytes, const void *links, std::size_t links_bytes);
void install_rest_judge(bool (*still_rests)(const void *address));
bool is_still_resting(const void *address);

// What is wrong with touching closed memory: the rule, and what follows "reads 4 bytes of" in its report.
struct memory_flaw {
    const char *rule;
    std::string what;
};
// Of the first closed byte of an access; nothing if the access is right after all. Defined by the kernel, which knows
// what lies where.
std::optional<memory_flaw> find_memory_flaw(const access &touched, const std::byte *closed);
// Whether the byte is one of a page frame's, which the kernel itself touches without a mapping; defined by the kernel too.
bool is_in_page(const void *address);
// How reports call a byte of the heap: its object and the offset in that; defined by the kernel too.
std::string name_of_byte(const void *address);

// What the memory watcher keeps between two calls of it, outside of the world.
struct memory_watch {
    bool suspects = false; // a load of unwritten bytes, until the next access shows whether a store to them follows
};
extern constinit memory_watch the_memory_watch;

void memory_touched_slowly(const access &touched);
void settle_suspect(const access *next);

// The memory watcher.
inline void memory_touched(const access &touched)
{
    if (the_memory_watch.suspects) [[unlikely]]
        settle_suspect(&touched);
    std::size_t offset = reinterpret_cast<std::uintptr_t>(touched.address) - arena_base;
    if (offset >= heap_bytes) {
        stack_touched(touched);
        return;
    }
    std::size_t low = offset & 7;
    if (low + touched.bytes > 8 || offset >= the_world().heap_used ||
        (shadow_at(offset) & ((1U << touched.bytes) - 1) << low) != 0) {
        memory_touched_slowly(touched);
        return;
    }
    if (touched.bytes == 8)
        pointer_touched(touched);
}

// A call returns; as in leave_frame().
inline void call_returns(const void *frame_pointer)
{
    if (the_memory_watch.suspects) [[unlikely]]
        settle_suspect(nullptr);
    leave_frame(frame_pointer);
}

// A fake does something to an object that begins with a closed byte; called while the memory watcher is on.
void closed_object_touched(const event &what);
// A fake loads or stores bytes, some of which may be closed, for its caller at that place. Page frames, which the kernel
// maps itself, and stacks are not looked at.
void closed_bytes_touched(const access &touched, const place &where);

// A fake loads a field for its caller, at that place or at `touched.pc`; the field must have been written.
void judge_unwritten(const access &touched, const place &where);
inline void field_loaded(const access &touched, const place &where)
{
    if (is_shadowed()) [[unlikely]]
        judge_unwritten(touched, where);
}

// Ends the run with a finding of the memory watcher: who does what to the bytes. Returns if the rule is ignored.
[[gnu::cold]] void report_access(const access &touched, const memory_flaw &flaw);

} // namespace sim
