// MODELLED: asm/current.h, for the fakes themselves: inlined, as the core's `current` cannot be.
#pragma once

#include "sim/kernel/sched.hpp"
#include "sim/world.hpp"

namespace kernel {

inline task_struct *this_task()
{
    return task_of(sim::the_world().current);
}

} // namespace kernel
