// Listing a step, and comparing two.
#include "sim/step_accesses.hpp"

#include <algorithm>

#include "sim/world.hpp"

namespace sim {

step_accesses *listed_step = nullptr;

namespace {

std::uint32_t accesses_so_far()
{
    return static_cast<std::uint32_t>(listed_step->accesses.size());
}

bool is_only_own(word_index word)
{
    const step_footprint &now = the_footprint;
    auto own = static_cast<word_index>((now.own_stack - arena_base) / 8);
    if (word - own >= stack_stride / 8)
        return false;
    return ((now.shared_stack[word / 64] | now.foreign_stack[word / 64]) >> word % 64 & 1) == 0;
}

void list_range(const void *memory, std::size_t bytes, access_way way, std::uint32_t site)
{
    std::uintptr_t offset = reinterpret_cast<std::uintptr_t>(memory) - arena_base;
    if (offset >= arena_bytes || bytes > arena_bytes - offset)
        return;
    for (std::uintptr_t end = offset + bytes; offset < end;) {
        std::size_t first = offset % 8, count = std::min(8 - first, end - offset);
        auto word = static_cast<word_index>(offset / 8);
        auto mask = static_cast<std::uint8_t>(((1U << count) - 1) << first);
        if (!is_only_own(word))
            listed_step->accesses.push_back({word, site, accesses_so_far(), mask, way});
        offset += count;
    }
}

bool meet(const step_access &a, const step_access &b)
{
    return (a.bytes & b.bytes) != 0 && conflict(a.way, b.way);
}

bool contains(const step_birth &born, word_index word)
{
    return word >= born.first && word <= born.last;
}

// Of several accesses of a step that race with the same one the watcher of a run tells of the first write, or else of
// the first read.
unsigned rank(const step_access &a)
{
    return is_lockless(a.way) ? 2 : is_write(a.way) ? 0 : 1;
}

// What was there before an object was allocated has no part in it.
bool is_of_another_life(const step_accesses &before, const step_access &a, const step_accesses &after,
                        const step_access &b)
{
    return std::ranges::any_of(before.born,
                               [&](const step_birth &each) { return each.at > a.at && contains(each, a.word); }) ||
           std::ranges::any_of(after.born,
                               [&](const step_birth &each) { return each.at <= b.at && contains(each, b.word); });
}

bool is_ordered(const step_accesses &before, const step_access &a, const step_accesses &after, const step_access &b,
                const task *started)
{
    return std::ranges::any_of(before.released, [&](const step_edge &release) {
        if (release.at <= a.at)
            return false;
        return release.object == started || std::ranges::any_of(after.acquired, [&](const step_edge &acquire) {
                   return acquire.object == release.object && acquire.at <= b.at;
               });
    });
}

} // namespace

void step_accesses::clear()
{
    accesses.clear();
    acquired.clear();
    released.clear();
    born.clear();
    first_lock = nullptr;
}

void step_accesses::sort()
{
    std::ranges::sort(accesses, [](const step_access &a, const step_access &b) {
        return a.word != b.word ? a.word < b.word : a.at < b.at;
    });
}

void list_access(const access &touched, access_way way)
{
    list_range(touched.address, touched.bytes, way, site_of(touched.pc));
}

void list_free(const void *memory, std::size_t bytes, const place &where)
{
    list_range(memory, bytes, access_way::free, site_of(where));
}

void list_birth(const void *memory, std::size_t bytes)
{
    auto last = static_cast<const std::byte *>(memory) + bytes - 1;
    listed_step->born.push_back({word_of(memory), word_of(last), accesses_so_far()});
}

void list_acquired(const void *object)
{
    listed_step->acquired.push_back({object, accesses_so_far()});
}

void list_released(const void *object)
{
    listed_step->released.push_back({object, accesses_so_far()});
}

void list_spinlock(const void *object)
{
    const step_accesses &now = *listed_step;
    if (now.accesses.empty() && now.acquired.empty() && now.released.empty() && now.born.empty())
        listed_step->first_lock = object;
}

std::optional<step_race> find_step_race(const step_accesses &before, std::size_t accesses, const step_accesses &after,
                                        unsigned task_after)
{
    const task *started = &the_world().tasks[task_after];
    std::optional<step_race> found;
    auto same_word = before.accesses.begin();
    for (const step_access &b : after.accesses) {
        while (same_word != before.accesses.end() && same_word->word < b.word)
            ++same_word;
        if (found && b.at >= found->second.at)
            continue;
        const step_access *first = nullptr;
        for (auto a = same_word; a != before.accesses.end() && a->word == b.word; ++a)
            if (a->at < accesses && meet(*a, b) && !is_of_another_life(before, *a, after, b) &&
                !is_ordered(before, *a, after, b, started) && (first == nullptr || rank(*a) < rank(*first)))
                first = &*a;
        if (first != nullptr)
            found = {*first, b};
    }
    return found;
}

bool leaves_something(const step_accesses &before, std::size_t accesses, const void *first_lock)
{
    std::size_t ordered = 0;
    for (const step_edge &each : before.released)
        if (first_lock != nullptr && each.object == first_lock)
            ordered = std::max<std::size_t>(ordered, each.at);
    return accesses > ordered;
}

} // namespace sim
