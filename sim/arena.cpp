// Mapping and bump allocation of the arena.
#include "sim/arena.hpp"

#include <cstring>

#include <sys/mman.h>

#include "sim/fault.hpp"
#include "sim/shadow.hpp"
#include "sim/world.hpp"

namespace sim {

void map_arena()
{
    static bool mapped = false;
    if (mapped)
        return;
    void *wanted = reinterpret_cast<void *>(arena_base);
    void *got = mmap(wanted, arena_bytes, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
    require(got == wanted, "the arena's address range is taken");
    for (unsigned task = 0; task < tasks_max; ++task) {
        int err = mprotect(stack_low(task) - stack_guard, stack_guard, PROT_NONE);
        require(err == 0, "a stack's guard page could not be protected");
    }
    mapped = true;
}

void *allocate(std::size_t bytes, std::size_t alignment)
{
    world &w = the_world();
    std::size_t start = (w.heap_used + alignment - 1) / alignment * alignment;
    require(start + bytes <= heap_bytes, "the simulated machine's memory is full");
    if (is_shadowed())
        mark_allocation(start, bytes);
    w.heap_used = start + bytes;
    void *memory = reinterpret_cast<void *>(arena_base + start);
    std::memset(memory, 0, bytes);
    return memory;
}

} // namespace sim
