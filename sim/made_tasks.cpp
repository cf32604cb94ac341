// A note of each task.
#include "sim/made_tasks.hpp"

#include <array>

#include "sim/world.hpp"

namespace sim {

struct made_task {
    void *context;
    std::size_t closure_bytes;
};
static std::array<made_task, tasks_max> made_last;

void note_made_task(unsigned index, std::size_t closure_bytes)
{
    made_last[index] = {the_world().tasks[index].context, closure_bytes};
}

bool has_begun(unsigned index)
{
    return the_world().tasks[index].context != made_last[index].context;
}

std::size_t closure_bytes(unsigned index)
{
    return made_last[index].closure_bytes;
}

} // namespace sim
