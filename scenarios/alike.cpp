// By comparing what the world has of each task.
#include "scenarios/alike.hpp"

#include <cstring>
#include <string_view>

#include "scenarios/stage.hpp"
#include "sim/made_tasks.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

struct range {
    std::uintptr_t first;
    std::size_t bytes;

    bool contains(std::uintptr_t address) const { return address - first < bytes; }
};

const task_struct *struct_of(unsigned task)
{
    return static_cast<const task_struct *>(sim::the_world().tasks[task].extension);
}

// Whether a word of the heap, but those of the task's own entry, points into its task_struct or its variables.
bool is_referred_to(unsigned task)
{
    const sim::world &w = sim::the_world();
    const sim::task &t = w.tasks[task];
    range own[] = {{reinterpret_cast<std::uintptr_t>(t.extension), sizeof(task_struct)},
                   {reinterpret_cast<std::uintptr_t>(t.closure), sim::closure_bytes(task)}};
    range entry = {reinterpret_cast<std::uintptr_t>(&t), sizeof t};
    for (std::uintptr_t at = sim::arena_base; at < sim::arena_base + w.heap_used; at += sizeof(std::uintptr_t)) {
        if (entry.contains(at))
            continue;
        std::uintptr_t word = *reinterpret_cast<const std::uintptr_t *>(at);
        if (own[0].contains(word) || own[1].contains(word) || entry.contains(word))
            return true;
    }
    return false;
}

bool are_alike(unsigned a, unsigned b)
{
    const sim::world &w = sim::the_world();
    const sim::task &one = w.tasks[a], &other = w.tasks[b];
    if (one.body != other.body || std::string_view(one.name) != other.name ||
        sim::closure_bytes(a) != sim::closure_bytes(b) ||
        std::memcmp(one.closure, other.closure, sim::closure_bytes(a)) != 0)
        return false;
    task_struct renamed = *struct_of(b);
    renamed.index = struct_of(a)->index;
    renamed.pid = struct_of(a)->pid;
    return std::memcmp(&renamed, struct_of(a), sizeof renamed) == 0 && one.rests == other.rests &&
           task_reads_device(a) == task_reads_device(b);
}

} // namespace

std::vector<alike_pair> find_alike_tasks()
{
    const sim::world &w = sim::the_world();
    std::vector<unsigned> unknown; // tasks that nobody knows
    std::vector<alike_pair> found;
    for (unsigned task = 0; task < w.task_count; ++task) {
        bool waits = w.tasks[task].status == sim::task_status::runnable && !sim::has_begun(task);
        if (!waits || is_referred_to(task))
            continue;
        for (std::size_t i = unknown.size(); i-- > 0;)
            if (are_alike(task, unknown[i])) {
                found.push_back({task, unknown[i]});
                break;
            }
        unknown.push_back(task);
    }
    return found;
}

} // namespace interfuse
