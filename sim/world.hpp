// A world: everything the simulated machine consists of, as one value at a fixed address.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/arena.hpp"
#include "sim/task.hpp"

namespace sim {

inline constexpr std::size_t variables_bytes = 16 * 1024;

struct world {
    std::uint64_t runnable; // bit i: task i may take the next step
    std::size_t heap_used;  // bytes from the arena's start
    std::uint32_t page_size;
    std::uint16_t current; // the running task; tasks_max while the host runs
    std::uint16_t task_count;
    bool shadowed;      // the memory watcher keeps a shadow of the heap
    bool after_acquire; // the running step has acquired a spinlock and done no further non-mover (Lipton 1975)
    std::array<task, tasks_max> tasks;
    alignas(16) std::array<std::byte, variables_bytes> variables; // storage of per_world objects
};

// Always inlined, as the core sees it too and is compiled with instrumentation.
[[gnu::always_inline]] inline world &the_world()
{
    return *reinterpret_cast<world *>(arena_base);
}

inline unsigned current_task()
{
    return the_world().current;
}

// An empty world with zeroed variables; the heap begins behind the last variable.
void reset_world(std::uint32_t page_size);

// 64-bit XXH3 of the live bytes. REQUIRES: no task is running.
std::uint64_t hash_world();

// How many bytes of the world are live; a copy of them, one behind the other; and the world of a copy. REQUIRES: no task
// is running.
std::size_t live_bytes();
void copy_world(std::byte *to);
void restore_world(const std::byte *from);

// A copy of the live bytes of a world: header, used heap, and each stack above its saved stack pointer.
class saved_world {
public:
    // REQUIRES: no task is running.
    void save();
    void restore() const;
    std::size_t size() const { return bytes.size(); }

private:
    std::vector<std::byte> bytes;
};

// Storage offset for a per_world object; called during static initialisation.
std::size_t reserve_variable(std::size_t bytes, std::size_t alignment);

// A module variable of simulated code: one value in each world, zero at reset_world. T is trivially copyable.
template <typename T> class per_world {
public:
    [[gnu::always_inline]] per_world() : offset(reserve_variable(sizeof(T), alignof(T))) {}
    [[gnu::always_inline]] T &get() const { return *reinterpret_cast<T *>(arena_base + offsetof(world, variables) + offset); }
    [[gnu::always_inline]] T *operator->() const { return &get(); }
    [[gnu::always_inline]] operator T &() const { return get(); }
    [[gnu::always_inline]] const per_world &operator=(const T &value) const
    {
        get() = value;
        return *this;
    }

private:
    std::size_t offset;
};

} // namespace sim
