// Naming the spinlocks that a task holds.
#include "sim/kernel/held_spinlocks.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/object_name.hpp"
#include "sim/run.hpp"

namespace kernel {

constinit std::array<std::array<held_spinlock, spinlocks_noted>, sim::tasks_max> held_spinlocks = {};

std::string text_of_spinlocks(const task_struct *of)
{
    if (sim::the_run.stepwise)
        return "a spinlock";
    std::vector<std::string> texts;
    for (unsigned i = 0; i < std::min(of->spinlocks_held, spinlocks_noted); ++i) {
        const held_spinlock &held = held_spinlocks[of->index][i];
        texts.push_back(fmt::format("{}, taken in {}", sim::name_of_object(held.lock), sim::name_of_place(held.where)));
    }
    return fmt::format("{}", fmt::join(texts, ", and "));
}

} // namespace kernel
