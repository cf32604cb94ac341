// The runtime that the compiler's thread instrumentation calls: what the core touches.
#include "sim/watch.hpp"

#include <cstring>

#include "sim/footprint.hpp"
#include "sim/races.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"
#include "sim/shadow_footprint.hpp"
#include "sim/stack_words.hpp"
#include "sim/step_accesses.hpp"

namespace sim {

// Inlined where the compiler's calls arrive, as the size of an access is a constant there.
[[gnu::always_inline]] static inline void tell_watchers(const access &touched)
{
    if ((the_run.watching & watch_memory) != 0)
        memory_touched(touched);
    if ((the_run.watching & watch_races) != 0 && the_run.now == phase::running)
        watch_race(touched);
    if ((the_run.watching & watch_footprint) != 0 && the_footprint.recording) {
        note_touched(touched.address, touched.bytes, touched.write);
        if ((the_run.watching & watch_memory) != 0)
            note_marks_of(touched.address, touched.bytes);
        if (steps_are_listed())
            list_access(touched, touched.write ? access_way::write : access_way::read);
    }
}

// Most of what a program touches is a word of its own stack, which nobody but the watcher of races and that of footprints
// keeps a record of; that of memory may wait for the next access, whatever it is.
[[gnu::always_inline]] static inline bool is_of_no_interest(const void *address, std::size_t bytes)
{
    std::uintptr_t in_stacks = reinterpret_cast<std::uintptr_t>(address) - stacks_base;
    return in_stacks / stack_stride == current_task() && in_stacks % 8 + bytes <= 8 && the_stack_words.pass_over &&
           !is_shared_stack_word(in_stacks / 8) && (the_run.watching & watch_footprint) == 0 && !the_memory_watch.suspects;
}

void watched(const access &touched)
{
    tell_watchers(touched);
}

// Each load and store of instrumented code comes here, through entry points that g++ 12 and clang 14 call. Counting them
// bounds a step.
[[gnu::always_inline]] static inline void touched(const void *address, std::size_t bytes, bool write, const void *pc)
{
    count_access();
    if (write && in_heap(address))
        the_run.core_wrote = true;
    if (the_run.watching == 0 || is_of_no_interest(address, bytes))
        return;
    tell_watchers({address, bytes, write, pc});
}

} // namespace sim

using sim::touched;

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void *caller)
{
    sim::call_stack &calls = *sim::the_run.calls_now;
    calls.callers[calls.depth++ % sim::call_depth_max] = caller;
}

void __tsan_func_exit()
{
    if ((sim::the_run.watching & sim::watch_memory) != 0) {
        sim::note_escapes_of(sim::current_task());
        sim::call_returns(__builtin_frame_address(0));
    }
    sim::call_stack &calls = *sim::the_run.calls_now;
    unsigned depth = --calls.depth;
    if (calls.numbered > depth)
        calls.numbered = depth;
}
void __tsan_vptr_update(void **, void *) {}
void __tsan_vptr_read(void **) {}

void __tsan_read1(void *address)
{
    touched(address, 1, false, __builtin_return_address(0));
}

void __tsan_read2(void *address)
{
    touched(address, 2, false, __builtin_return_address(0));
}

void __tsan_read4(void *address)
{
    touched(address, 4, false, __builtin_return_address(0));
}

void __tsan_read8(void *address)
{
    touched(address, 8, false, __builtin_return_address(0));
}

void __tsan_read16(void *address)
{
    touched(address, 16, false, __builtin_return_address(0));
}

void __tsan_unaligned_read2(void *address)
{
    touched(address, 2, false, __builtin_return_address(0));
}

void __tsan_unaligned_read4(void *address)
{
    touched(address, 4, false, __builtin_return_address(0));
}

void __tsan_unaligned_read8(void *address)
{
    touched(address, 8, false, __builtin_return_address(0));
}

void __tsan_unaligned_read16(void *address)
{
    touched(address, 16, false, __builtin_return_address(0));
}

void __tsan_write1(void *address)
{
    touched(address, 1, true, __builtin_return_address(0));
}

void __tsan_write2(void *address)
{
    touched(address, 2, true, __builtin_return_address(0));
}

void __tsan_write4(void *address)
{
    touched(address, 4, true, __builtin_return_address(0));
}

void __tsan_write8(void *address)
{
    touched(address, 8, true, __builtin_return_address(0));
}

void __tsan_write16(void *address)
{
    touched(address, 16, true, __builtin_return_address(0));
}

void __tsan_unaligned_write2(void *address)
{
    touched(address, 2, true, __builtin_return_address(0));
}

void __tsan_unaligned_write4(void *address)
{
    touched(address, 4, true, __builtin_return_address(0));
}

void __tsan_unaligned_write8(void *address)
{
    touched(address, 8, true, __builtin_return_address(0));
}

void __tsan_unaligned_write16(void *address)
{
    touched(address, 16, true, __builtin_return_address(0));
}

void __tsan_read_write1(void *address)
{
    touched(address, 1, true, __builtin_return_address(0));
}

void __tsan_read_write2(void *address)
{
    touched(address, 2, true, __builtin_return_address(0));
}

void __tsan_read_write4(void *address)
{
    touched(address, 4, true, __builtin_return_address(0));
}

void __tsan_read_write8(void *address)
{
    touched(address, 8, true, __builtin_return_address(0));
}

void __tsan_read_write16(void *address)
{
    touched(address, 16, true, __builtin_return_address(0));
}

void __tsan_unaligned_read_write2(void *address)
{
    touched(address, 2, true, __builtin_return_address(0));
}

void __tsan_unaligned_read_write4(void *address)
{
    touched(address, 4, true, __builtin_return_address(0));
}

void __tsan_unaligned_read_write8(void *address)
{
    touched(address, 8, true, __builtin_return_address(0));
}

void __tsan_unaligned_read_write16(void *address)
{
    touched(address, 16, true, __builtin_return_address(0));
}

void __tsan_read_range(void *address, unsigned long bytes)
{
    touched(address, bytes, false, __builtin_return_address(0));
}

void __tsan_write_range(void *address, unsigned long bytes)
{
    touched(address, bytes, true, __builtin_return_address(0));
}

// Of structs, by clang.
void *__tsan_memcpy(void *to, const void *from, unsigned long bytes)
{
    touched(from, bytes, false, __builtin_return_address(0));
    touched(to, bytes, true, __builtin_return_address(0));
    return std::memcpy(to, from, bytes);
}

void *__tsan_memmove(void *to, const void *from, unsigned long bytes)
{
    touched(from, bytes, false, __builtin_return_address(0));
    touched(to, bytes, true, __builtin_return_address(0));
    return std::memmove(to, from, bytes);
}

void *__tsan_memset(void *to, int byte, unsigned long bytes)
{
    touched(to, bytes, true, __builtin_return_address(0));
    return std::memset(to, byte, bytes);
}
}
