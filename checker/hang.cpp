// Describing a hang.
#include "checker/hang.hpp"

#include <algorithm>
#include <csignal>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/writers.hpp"
#include "scenarios/stage.hpp"
#include "sim/kernel/mutex.hpp"
#include "sim/kernel/rwsem.hpp"
#include "sim/kernel/spinlock.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

// Nothing for a holder that is no task, as a lock in freed memory has.
const char *task_name(unsigned holder_plus_one)
{
    unsigned holder = holder_plus_one - 1;
    return holder < sim::the_world().task_count ? sim::the_world().tasks[holder].name : "";
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

// The connection whose queue or semaphore, or whose request's queue, the task sleeps on; or null.
const fuse::fuse_conn *connection_of(const sim::task &t)
{
    const request_ghost *r = find_request(t.waiting_for);
    if (r != nullptr)
        return r->connection != nobody ? ghost().connections[r->connection].fc : nullptr;
    for (const connection_ghost &c : known_connections())
        if (c.fc != nullptr && (t.waiting_for == &c.fc->waitq || t.waiting_for == &c.fc->outstanding_sem))
            return c.fc;
    return nullptr;
}

// The field that has made the condition of the task's sleep true; null when the condition is false or not known.
const void *fulfilled(unsigned index)
{
    const sim::task &t = sim::the_world().tasks[index];
    const kernel::task_struct *task = kernel::task_of(index);
    const request_ghost *r = find_request(t.waiting_for);
    if (task->wait_condition != nullptr) {
        if (!task->wait_condition(task->wait_closure))
            return nullptr;
        bool for_state = r != nullptr && task->state == kernel::TASK_INTERRUPTIBLE;
        return r == nullptr ? t.waiting_for : for_state ? static_cast<const void *>(&r->req->state) : &r->req->locked;
    }
    const fuse::fuse_conn *fc = connection_of(t);
    if (fc == nullptr)
        return nullptr;
    if (t.waiting_for == &fc->outstanding_sem)
        return fc->outstanding_sem.count > 0 ? &fc->outstanding_sem : nullptr;
    if (fc->connected.peek() == 0)
        return &fc->connected;
    return kernel::list_empty(&fc->pending) ? nullptr
                                            : &kernel::list_entry<&fuse::fuse_req::list>(fc->pending.next)->state;
}

bool waits_for_answer(const kernel::task_struct &task)
{
    std::string_view function = task.sleeps_at.function();
    return function == "request_wait_answer" || function == "fuse_get_request";
}

// A task that has taken its SIGKILL and is on the way out is not meant: no signal ends the FLUSH of its exit.
bool is_killed(const kernel::task_struct &task)
{
    return (task.pending.bits & kernel::sigmask(SIGKILL)) != 0;
}

// Why the task should not sleep, whatever the daemon does; empty if it may.
std::string why_awake(unsigned index)
{
    const sim::task &t = sim::the_world().tasks[index];
    const kernel::task_struct *task = kernel::task_of(index);
    if (const void *field = fulfilled(index)) {
        std::string writer = last_write(field);
        return fmt::format("a lost wakeup, since what it waits for is true: {}",
                           writer.empty() ? sim::name_of_object(field) : writer);
    }
    const fuse::fuse_conn *fc = connection_of(t);
    if (fc != nullptr && task_reads_unmounted(index))
        return "although the file system is unmounted";
    if (!waits_for_answer(*task))
        return "";
    if (is_killed(*task))
        return "although it is killed";
    return fc != nullptr && fc->connected.peek() == 0 ? "although fc->connected is 0" : "";
}

std::string describe(unsigned index)
{
    const sim::task &t = sim::the_world().tasks[index];
    const kernel::task_struct *task = kernel::task_of(index);
    std::string text = fmt::format("{} sleeps in {} ({}, on {})", t.name, task->sleeps_at.function(), t.waiting_why,
                                   sim::name_of_object(t.waiting_for));
    std::string holder = holder_of(t), why = why_awake(index);
    if (!holder.empty())
        text += fmt::format(" held by {}", holder);
    return why.empty() ? text : fmt::format("{}, {}", text, why);
}

// Hangs in one function are told apart by who called it there, directly and from outside, and by why nobody should sleep.
std::string caller_of(unsigned index)
{
    std::vector<sim::place> callers = sim::places_in_program(nullptr, index);
    std::string by = callers.empty() ? "the system call" : callers.front().function();
    if (callers.size() > 1)
        by += fmt::format(" in {}", callers.back().function());
    std::string why = why_awake(index);
    return why.empty() ? by : fmt::format("{}, {}", by, why.substr(0, why.find(',')));
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

int depth_of(unsigned index)
{
    return static_cast<int>(sim::the_run.calls[index].depth);
}

std::vector<unsigned> all_sleepers()
{
    const sim::world &w = sim::the_world();
    std::vector<unsigned> sleepers;
    for (unsigned i = 1; i < w.task_count; ++i)
        if (w.tasks[i].status == sim::task_status::blocked && !task_rests(i))
            sleepers.push_back(i);
    return sleepers;
}

} // namespace

bool may_sleep_by_design()
{
    return std::ranges::all_of(all_sleepers(), [](unsigned i) { return why_awake(i).empty(); });
}

sim::verdict describe_hang(const char *during)
{
    std::vector<unsigned> sleepers = all_sleepers();
    sim::verdict result{sim::verdict_kind::hung, "hang", "", {}};
    if (sleepers.empty())
        sleepers.push_back(0);
    // Of equals first who is furthest inside the kernel: he may hold what the others wait for.
    std::ranges::stable_sort(sleepers, {}, [](unsigned i) { return std::pair(rank(i), -depth_of(i)); });
    result.where = kernel::task_of(sleepers.front())->sleeps_at;
    result.caller = caller_of(sleepers.front());
    std::vector<std::string> texts;
    for (unsigned i : sleepers)
        texts.push_back(describe(i));
    result.message = fmt::format("{} hangs: {}", during, fmt::join(texts, "; "));
    return result;
}

} // namespace interfuse
