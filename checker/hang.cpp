// Describing a hang.
#include "checker/hang.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "scenarios/stage.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/rwsem.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/object_name.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

const char *task_name(unsigned holder_plus_one)
{
    return sim::the_world().tasks[holder_plus_one - 1].name;
}

std::string readers_of(const kernel::rw_semaphore &sem)
{
    std::vector<std::string> names;
    for (unsigned i = 0; i < sim::tasks_max; ++i)
        if (sem.reads[i] != 0)
            names.emplace_back(task_name(i + 1));
    return fmt::format("{}", fmt::join(names, ", "));
}

// Who holds what the task waits for, where that can be said.
std::string holder_of(const sim::task &waiting)
{
    std::string why = waiting.waiting_why;
    if (why == kernel::waiting_for_spinlock)
        return task_name(static_cast<const kernel::spinlock_t *>(waiting.waiting_for)->holder);
    if (why == "mutex")
        return task_name(static_cast<const kernel::mutex *>(waiting.waiting_for)->holder);
    if (why == "read lock" || why == "write lock") {
        auto sem = static_cast<const kernel::rw_semaphore *>(waiting.waiting_for);
        return sem->writer != 0 ? std::string(task_name(sem->writer)) : readers_of(*sem);
    }
    return "";
}

std::string describe(unsigned index)
{
    const sim::task &t = sim::the_world().tasks[index];
    const kernel::task_struct *task = kernel::task_of(index);
    std::string text = fmt::format("{} sleeps in {} ({}, on {})", t.name, task->sleeps_at.function(), t.waiting_why,
                                   sim::name_of_object(t.waiting_for));
    std::string holder = holder_of(t);
    return holder.empty() ? text : fmt::format("{} held by {}", text, holder);
}

// How near a sleeper is to the cause: who waits for an event comes before who waits for a resource that a sleeper
// holds; a daemon that waits for requests comes last, since nobody may be left to wake it.
unsigned rank(unsigned index)
{
    if (task_reads_device(index))
        return 4;
    std::string_view why = sim::the_world().tasks[index].waiting_why;
    if (why == "uninterruptible")
        return 0;
    if (why == "interruptible")
        return 1;
    return why == "semaphore" || why == "page lock" ? 2 : 3;
}

} // namespace

sim::verdict describe_hang(const char *during)
{
    const sim::world &w = sim::the_world();
    std::vector<unsigned> sleepers;
    sim::verdict result{sim::verdict_kind::hung, "hang", "", {}};
    for (unsigned i = 0; i < w.task_count; ++i) {
        if (w.tasks[i].status != sim::task_status::blocked || task_rests(i) || i == 0)
            continue;
        sleepers.push_back(i);
    }
    if (sleepers.empty())
        sleepers.push_back(0);
    std::ranges::stable_sort(sleepers, {}, rank);
    result.where = kernel::task_of(sleepers.front())->sleeps_at;
    std::vector<std::string> texts;
    for (unsigned i : sleepers)
        texts.push_back(describe(i));
    result.message = fmt::format("{} hangs: {}", during, fmt::join(texts, "; "));
    return result;
}

} // namespace interfuse
