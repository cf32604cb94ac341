// What may differ between two rounds of a circle, and who goes round where.
#include "checker/livelock.hpp"

#include <algorithm>
#include <cstring>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/invariants/ghost.hpp"
#include "sim/cycle.hpp"
#include "sim/debug_info.hpp"
#include "sim/kernel/sched.hpp"
#include "sim/kernel/slab.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

// States are noted for as many of the last steps.
constexpr std::uint32_t steps_noted = 6000;
// Requests whose numbers may still lie in the memory of a daemon.
constexpr std::uint64_t numbers_known = 64;

template <typename Number> void hide(std::vector<sim::counter> &into, const Number &number)
{
    into.push_back({const_cast<void *>(static_cast<const void *>(&number)), sizeof number});
}

// The daemon's buffers hold the number of the request that it has read and of the one that it has answered.
void hide_numbers_in_buffers(std::vector<sim::counter> &into, std::uint64_t last)
{
    std::vector<const kernel::mm_struct *> seen;
    for (unsigned i = 0; i < sim::the_world().task_count; ++i) {
        const kernel::task_struct *task = kernel::task_of(i);
        if (task == nullptr || task->mm == nullptr || std::ranges::find(seen, task->mm) != seen.end())
            continue;
        seen.push_back(task->mm);
        for (unsigned n = 0; n < task->mm->pages; ++n) {
            const kernel::page *pg = task->mm->table[n].pg;
            for (std::size_t at = 0; pg != nullptr && at < kernel::PAGE_SIZE; at += sizeof(std::uint64_t)) {
                std::uint64_t word = 0;
                std::memcpy(&word, pg->data + at, sizeof word);
                if (word != 0 && word <= last && last - word < numbers_known)
                    into.push_back({pg->data + at, sizeof word});
            }
        }
    }
}

void collect_counters(std::vector<sim::counter> &into)
{
    if (const kernel::kmem_cache_t *requests = ghost().request_cache)
        for (unsigned i = 0; i < requests->object_count; ++i)
            if ((requests->live >> i & 1) != 0)
                hide(into, reinterpret_cast<const fuse::fuse_req *>(requests->object(i))->in.h.unique);
    for (const connection_ghost &c : known_connections()) {
        if (c.fc == nullptr)
            continue;
        hide_numbers_in_buffers(into, c.fc->reqctr);
        hide(into, c.fc->reqctr);
    }
}

std::string places_of(const sim::cycle &found)
{
    std::vector<std::string> places;
    for (unsigned i = 0; i < sim::the_world().task_count; ++i) {
        if ((found.tasks >> i & 1) == 0)
            continue;
        std::string in = " in user space";
        if (auto pc = static_cast<const std::byte *>(found.called_from[i]))
            in = fmt::format(" in {}", sim::place_of(pc - 1).function());
        places.push_back(sim::the_world().tasks[i].name + in);
    }
    return fmt::format("{}", fmt::join(places, ", "));
}

} // namespace

void watch_for_livelock()
{
    std::uint32_t most = sim::the_run.limits.steps_max;
    sim::watch_for_cycles(most > steps_noted ? most - steps_noted : 0, collect_counters);
}

std::optional<sim::verdict> find_livelock()
{
    std::optional<sim::cycle> found = sim::find_cycle();
    if (!found)
        return std::nullopt;
    sim::verdict livelock{sim::verdict_kind::violation, "livelock", {}, {}};
    livelock.message = fmt::format("the run goes round in circles: {}", places_of(*found));
    // That of who is furthest inside the kernel: others merely go with it.
    unsigned deepest = 0;
    for (unsigned i = 0; i < sim::the_world().task_count; ++i) {
        if ((found->tasks >> i & 1) == 0 || found->called_from[i] == nullptr || found->depth[i] <= deepest)
            continue;
        deepest = found->depth[i];
        livelock.where = sim::place_of(static_cast<const std::byte *>(found->called_from[i]) - 1);
    }
    return livelock;
}

} // namespace interfuse
