// Accesses without a lock.
#include "sim/kernel/lockless.hpp"

#include <cstring>

#include "sim/kernel/sched.hpp"
#include "sim/kernel/this_task.hpp"
#include "sim/races.hpp"
#include "sim/run.hpp"
#include "sim/shadow.hpp"
#include "sim/step_accesses.hpp"

namespace kernel {

// Fields have 1, 4 or 8 bytes in practice; a constant size keeps these from being library calls.
static std::uint64_t read_word(const void *field, unsigned bytes)
{
    std::uint64_t value = 0;
    if (bytes == 4)
        std::memcpy(&value, field, 4);
    else if (bytes == 8)
        std::memcpy(&value, field, 8);
    else
        std::memcpy(&value, field, bytes);
    return value;
}

static void write_word(void *field, unsigned bytes, std::uint64_t value)
{
    if (bytes == 4)
        std::memcpy(field, &value, 4);
    else if (bytes == 8)
        std::memcpy(field, &value, 8);
    else
        std::memcpy(field, &value, bytes);
}

static std::uint64_t shown(std::uint64_t value, bool is_pointer)
{
    return is_pointer ? value != 0 : value;
}

static void watch(const void *field, unsigned bytes, bool write, const void *pc, bool guarded)
{
    if ((sim::the_run.watching & (sim::watch_races | sim::watch_steps)) != 0)
        sim::watch_lockless({field, bytes, write, pc}, guarded);
}

std::uint64_t lockless_load(const void *field, unsigned bytes, writers who, bool is_pointer)
{
    // After a hang its judge evaluates the conditions that tasks wait for: nobody runs.
    if (sim::the_run.now == sim::phase::host) [[unlikely]]
        return read_word(field, bytes);
    const void *pc = __builtin_return_address(0);
    bool guarded = who == writers::locked && this_task()->spinlocks_held != 0;
    if (guarded)
        sim::fine_point();
    else
        sim::point_before_operation();
    watch(field, bytes, false, pc, guarded);
    std::uint64_t value = read_word(field, bytes);
    sim::emit(sim::event_kind::load, field, shown(value, is_pointer), place{}, pc);
    sim::field_loaded({field, bytes, false, pc}, place{});
    return value;
}

void lockless_store(void *field, unsigned bytes, std::uint64_t value, writers who, bool is_pointer, const place &where)
{
    sim::point_before_operation();
    watch(field, bytes, true, __builtin_return_address(0), who == writers::locked);
    write_word(field, bytes, value);
    sim::wrote(field, bytes, where);
    sim::emit(sim::event_kind::store, field, shown(value, is_pointer), where);
}

void callback_event(const void *argument, const void *target, const place &where)
{
    sim::emit(sim::event_kind::call, argument, target != nullptr, where);
}

} // namespace kernel
