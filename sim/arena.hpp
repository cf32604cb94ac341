// The one block of memory that holds a simulated world: world header, heap, fiber stacks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sim {

// The address is the same in every process, so that a world is a plain value: saved and restored with memcpy, and
// equal in every forked worker. It lies outside the shadow regions of the sanitizers.
inline constexpr std::uintptr_t arena_base = 0x2000'0000'0000;
inline constexpr unsigned tasks_max = 32;
inline constexpr std::size_t stack_stride = 256 * 1024; // debug information is looked up on a task's stack
inline constexpr std::size_t stack_guard = 4096;
inline constexpr std::size_t heap_bytes = 4 * 1024 * 1024;
inline constexpr std::uintptr_t stacks_base = arena_base + heap_bytes;
// What the memory watcher keeps: two bytes for each eight of the heap, and tables of stack addresses.
inline constexpr std::uintptr_t shadow_base = stacks_base + tasks_max * stack_stride;
inline constexpr std::size_t shadow_bytes = heap_bytes / 4;
inline constexpr std::uintptr_t frame_tables_base = shadow_base + shadow_bytes;
inline constexpr std::size_t frame_tables_bytes = 4096;
inline constexpr std::size_t arena_bytes = frame_tables_base + frame_tables_bytes - arena_base;

// Reserves the arena; the lowest page of each stack stays inaccessible. Exits with status 70 if the address is taken.
// Idempotent.
void map_arena();

inline bool in_arena(const void *pointer)
{
    return reinterpret_cast<std::uintptr_t>(pointer) - arena_base < arena_bytes;
}

inline bool in_heap(const void *pointer)
{
    return reinterpret_cast<std::uintptr_t>(pointer) - arena_base < heap_bytes;
}

inline std::byte *stack_low(unsigned task)
{
    return reinterpret_cast<std::byte *>(stacks_base + task * stack_stride + stack_guard);
}

inline std::byte *stack_top(unsigned task)
{
    return reinterpret_cast<std::byte *>(stacks_base + (task + 1) * stack_stride);
}

// Bytes that stay until the world is reset or restored, zeroed. Exits with status 70 when the heap is full.
void *allocate(std::size_t bytes, std::size_t alignment = 16);

} // namespace sim
