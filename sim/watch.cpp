// The runtime that the compiler's thread instrumentation calls: what the core touches.
#include "sim/run.hpp"

// Called for each load and store of instrumented code. They count the accesses, which bounds a step, and keep the call stacks; the entry points
// are those of g++ 12 and clang 14.
namespace {

void written(const void *address)
{
    sim::count_access();
    if (sim::in_heap(address))
        sim::the_run.core_wrote = true;
}

} // namespace

extern "C" {

void __tsan_init() {}
void __tsan_func_entry(void *caller)
{
    sim::call_stack &calls = *sim::the_run.calls_now;
    calls.callers[calls.depth++ % sim::call_depth_max] = caller;
}

void __tsan_func_exit()
{
    --sim::the_run.calls_now->depth;
}
void __tsan_vptr_update(void **, void *) {}
void __tsan_vptr_read(void **) {}

void __tsan_read1(void *)
{
    sim::count_access();
}

void __tsan_read2(void *)
{
    sim::count_access();
}

void __tsan_unaligned_read2(void *)
{
    sim::count_access();
}

void __tsan_read4(void *)
{
    sim::count_access();
}

void __tsan_unaligned_read4(void *)
{
    sim::count_access();
}

void __tsan_read8(void *)
{
    sim::count_access();
}

void __tsan_unaligned_read8(void *)
{
    sim::count_access();
}

void __tsan_read16(void *)
{
    sim::count_access();
}

void __tsan_unaligned_read16(void *)
{
    sim::count_access();
}

void __tsan_read_range(void *, unsigned long)
{
    sim::count_access();
}

void __tsan_write1(void *address)
{
    written(address);
}

void __tsan_write2(void *address)
{
    written(address);
}

void __tsan_unaligned_write2(void *address)
{
    written(address);
}

void __tsan_write4(void *address)
{
    written(address);
}

void __tsan_unaligned_write4(void *address)
{
    written(address);
}

void __tsan_write8(void *address)
{
    written(address);
}

void __tsan_unaligned_write8(void *address)
{
    written(address);
}

void __tsan_write16(void *address)
{
    written(address);
}

void __tsan_unaligned_write16(void *address)
{
    written(address);
}

void __tsan_write_range(void *address, unsigned long)
{
    written(address);
}

void __tsan_read_write1(void *address)
{
    written(address);
}

void __tsan_read_write2(void *address)
{
    written(address);
}

void __tsan_read_write4(void *address)
{
    written(address);
}

void __tsan_read_write8(void *address)
{
    written(address);
}

void __tsan_read_write16(void *address)
{
    written(address);
}

void __tsan_unaligned_read_write2(void *address)
{
    written(address);
}

void __tsan_unaligned_read_write4(void *address)
{
    written(address);
}

void __tsan_unaligned_read_write8(void *address)
{
    written(address);
}

void __tsan_unaligned_read_write16(void *address)
{
    written(address);
}
}
