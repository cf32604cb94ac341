// Following the stack addresses that escape to the heap.
#include "sim/dead_frames.hpp"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "sim/fault.hpp"
#include "sim/object_name.hpp"
#include "sim/shadow.hpp"

namespace sim {

constinit pending_stores the_pending_stores;

namespace {

constexpr task_frames untouched = {std::numeric_limits<std::uint32_t>::max(), 0, 0, 0, 0};

std::uint32_t offset_of(std::uintptr_t address)
{
    return static_cast<std::uint32_t>(address - arena_base);
}

std::uintptr_t word_at(std::uint32_t offset)
{
    return *reinterpret_cast<const std::uintptr_t *>(arena_base + offset);
}

unsigned owner_of(std::uintptr_t address)
{
    return static_cast<unsigned>((address - stacks_base) / stack_stride);
}

escaped_pointer *find_escaped(frame_tables &all, std::uint32_t word)
{
    for (std::uint32_t i = 0; i < all.count; ++i)
        if (all.escaped[i].word == word)
            return &all.escaped[i];
    return nullptr;
}

// Words that have been stored to with other values since.
void drop_overwritten(frame_tables &all)
{
    auto *end = std::remove_if(all.escaped.begin(), all.escaped.begin() + all.count,
                               [](const escaped_pointer &each) { return !in_stacks(word_at(each.word)); });
    all.count = static_cast<std::uint32_t>(end - all.escaped.begin());
}

void note_stored_pointer(const std::uintptr_t *at)
{
    frame_tables &all = the_frame_tables();
    std::uint32_t word = offset_of(reinterpret_cast<std::uintptr_t>(at));
    std::uint32_t &lowest = all.tasks[owner_of(*at)].lowest;
    lowest = std::min(lowest, offset_of(*at));
    escaped_pointer *known = find_escaped(all, word);
    if (known == nullptr && all.count == escaped_max)
        drop_overwritten(all);
    require(known != nullptr || all.count < escaped_max, "more stack addresses are in the heap than a world has room for");
    escaped_pointer &entry = known != nullptr ? *known : all.escaped[all.count++];
    entry = {word, 0, 0};
}

// The lowest escaped address of a task's stack whose frame is there.
std::uint32_t lowest_of(const frame_tables &all, unsigned task)
{
    std::uint32_t lowest = std::numeric_limits<std::uint32_t>::max();
    for (std::uint32_t i = 0; i < all.count; ++i) {
        std::uintptr_t address = word_at(all.escaped[i].word);
        if (all.escaped[i].high == 0 && in_stacks(address) && owner_of(address) == task)
            lowest = std::min(lowest, offset_of(address));
    }
    for (unsigned i = 0; i < the_world().task_count; ++i) {
        const task_frames &other = all.tasks[i];
        if (other.address != 0 && other.high == 0 && owner_of(arena_base + other.address) == task)
            lowest = std::min(lowest, other.address);
    }
    return lowest;
}

} // namespace

void settle_stores()
{
    for (const std::uintptr_t *&word : the_pending_stores.words) {
        if (word != nullptr && is_shadowed() && in_stacks(*word))
            note_stored_pointer(word);
        word = nullptr;
    }
}

void note_loaded_pointer(const void *word, std::uintptr_t address)
{
    settle_stores();
    unsigned self = current_task();
    if (!is_shadowed() || self >= tasks_max || owner_of(address) == self)
        return;
    frame_tables &all = the_frame_tables();
    std::uint32_t at = offset_of(reinterpret_cast<std::uintptr_t>(word));
    const escaped_pointer *known = find_escaped(all, at);
    task_frames &mine = all.tasks[self];
    mine.word = at;
    mine.address = offset_of(address);
    mine.low = known != nullptr ? known->low : 0;
    mine.high = known != nullptr ? known->high : 0;
}

void leave_frame_slowly(std::uintptr_t frame, std::uintptr_t top)
{
    settle_stores();
    unsigned self = current_task();
    if (!is_shadowed() || self >= tasks_max || owner_of(frame) != self || owner_of(top) != self)
        return;
    frame_tables &all = the_frame_tables();
    auto is_inside = [&](std::uintptr_t address) { return address >= frame && address < top; };
    for (std::uint32_t i = 0; i < all.count; ++i) {
        escaped_pointer &each = all.escaped[i];
        if (each.high == 0 && is_inside(word_at(each.word))) {
            each.low = offset_of(frame);
            each.high = offset_of(top);
        }
    }
    for (unsigned i = 0; i < the_world().task_count; ++i) {
        task_frames &other = all.tasks[i];
        if (other.address != 0 && other.high == 0 && is_inside(arena_base + other.address)) {
            other.low = offset_of(frame);
            other.high = offset_of(top);
        }
    }
    all.tasks[self].lowest = lowest_of(all, self);
}

void foreign_stack_touched(const access &touched)
{
    unsigned self = current_task();
    if (!is_shadowed() || self >= tasks_max || the_run.now == phase::host || the_run.in_listener)
        return;
    const task_frames &mine = the_frame_tables().tasks[self];
    std::uint32_t at = offset_of(reinterpret_cast<std::uintptr_t>(touched.address));
    if (at < mine.low || at >= mine.high)
        return;
    const char *owner = the_world().tasks[owner_of(reinterpret_cast<std::uintptr_t>(touched.address))].name;
    report_access(touched, {"dead_frame", fmt::format("a frame of {} that is gone, by the pointer in {}", owner,
                                                      name_of_byte(reinterpret_cast<const void *>(arena_base + mine.word)))});
}

void reset_frames()
{
    frame_tables &all = the_frame_tables();
    all.count = 0;
    all.tasks.fill(untouched);
    forget_stores();
}

void reset_frames_of(unsigned task)
{
    the_frame_tables().tasks[task] = untouched;
}

void forget_stores()
{
    the_pending_stores = {};
}

} // namespace sim
