// Pointers from the heap into stacks, and the frames that they outlive.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sim/run.hpp"

namespace sim {

// A word of the heap into which the program has stored an address of a stack. When the call that the address belongs to
// returns, `low` and `high` become the bounds of its frame, until the word is stored to again.
struct escaped_pointer {
    std::uint32_t word; // offset in the arena
    std::uint32_t low, high; // offsets in the arena; 0: the frame is there
};

// Of each task: what it has loaded last of another's stack, and how deep the addresses go that escaped from its own.
struct task_frames {
    std::uint32_t lowest; // of the escaped addresses in its stack; the largest number if there is none
    std::uint32_t word, address, low, high; // as in escaped_pointer, of the pointer loaded last; address 0: none
};

inline constexpr unsigned escaped_max = 192;

struct frame_tables {
    std::uint32_t count;
    std::array<task_frames, tasks_max> tasks;
    std::array<escaped_pointer, escaped_max> escaped;
};
static_assert(sizeof(frame_tables) <= frame_tables_bytes);

inline frame_tables &the_frame_tables()
{
    return *reinterpret_cast<frame_tables *>(frame_tables_base);
}

inline bool in_stacks(std::uintptr_t address)
{
    return address - stacks_base < tasks_max * stack_stride;
}

// The value of a stored word is there after the call that announces the store.
struct pending_stores {
    std::array<const std::uintptr_t *, 2> words = {};
};
extern constinit pending_stores the_pending_stores;
void settle_stores();
void forget_stores();
// Empty tables, in a new world; and of a task that starts.
void reset_frames();
void reset_frames_of(unsigned task);

void note_loaded_pointer(const void *word, std::uintptr_t address);

// A load or store of eight bytes at a multiple of eight of the heap; others cannot be of pointers.
inline void pointer_touched(const access &touched)
{
    auto word = static_cast<const std::uintptr_t *>(touched.address);
    pending_stores &pending = the_pending_stores;
    if (touched.write) {
        bool escapes = pending.words[0] != nullptr && in_stacks(*pending.words[0]);
        if (escapes || pending.words[1] != nullptr) [[unlikely]]
            settle_stores();
        pending.words[0] = word;
    } else if (in_stacks(*word)) [[unlikely]] {
        note_loaded_pointer(word, *word);
    }
}

void foreign_stack_touched(const access &touched);

inline void stack_touched(const access &touched)
{
    std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(touched.address) - stacks_base;
    if (offset < tasks_max * stack_stride && offset / stack_stride != current_task()) [[unlikely]]
        foreign_stack_touched(touched);
}

void leave_frame_slowly(std::uintptr_t frame, std::uintptr_t top);

// A call returns. The frame pointer of the function that announces it, whose caller's frame is the one that goes.
inline void leave_frame(const void *frame_pointer)
{
    auto top = *static_cast<const std::uintptr_t *>(frame_pointer) + 16;
    const std::uintptr_t *pending = the_pending_stores.words[0];
    bool escapes = (pending != nullptr && in_stacks(*pending)) || the_pending_stores.words[1] != nullptr;
    unsigned self = current_task();
    if (escapes || (self < tasks_max && top - arena_base > the_frame_tables().tasks[self].lowest)) [[unlikely]]
        leave_frame_slowly(reinterpret_cast<std::uintptr_t>(frame_pointer), top);
}

} // namespace sim
