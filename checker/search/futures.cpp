// Learning what tasks touch.
#include "checker/search/futures.hpp"

#include <algorithm>
#include <bit>

#include <sys/mman.h>

#include "sim/fault.hpp"

namespace interfuse {

namespace {

constexpr std::size_t number_bytes = sim::words_of_arena * sizeof(std::uint16_t);

bool contains(const std::vector<std::uint64_t> &set, std::uint16_t number)
{
    return number / 64 < set.size() && (set[number / 64] >> number % 64 & 1) != 0;
}

} // namespace

futures::futures()
    : numbers(static_cast<std::uint16_t *>(
          mmap(nullptr, number_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
      touchers(numbers_max)
{
    sim::require(numbers != MAP_FAILED, "there is no memory for the tables of the search");
}

futures::~futures()
{
    munmap(numbers, number_bytes);
}

std::uint16_t futures::number_of(sim::word_index word)
{
    if (numbers[word] == 0)
        numbers[word] = numbers_used < anything ? numbers_used++ : anything;
    return numbers[word];
}

void futures::note_toucher(std::uint16_t number, unsigned task)
{
    std::uint32_t bit = 1U << task;
    if ((touchers[number] & bit) == 0) {
        touchers[number] |= bit;
        ++grown;
    }
}

void futures::read_step(unsigned task, const std::vector<sim::word_index> &replaced,
                        step_touches &into)
{
    const sim::step_footprint &now = sim::the_footprint;
    into.task = task;
    into.read.clear();
    into.changed.clear();
    for (std::uint32_t i = 0; i < now.loads; ++i)
        into.read.push_back(number_of(now.loaded[i]));
    for (std::uint32_t i = 0; i < now.stores; ++i) {
        auto [word, before] = now.stored[i];
        bool changed = sim::word_at(word) != before;
        (changed ? into.changed : into.read).push_back(number_of(word));
    }
    for (sim::word_index word : replaced)
        into.changed.push_back(number_of(word));
    for (std::uint16_t number : into.read)
        note_toucher(number, task);
    for (std::uint16_t number : into.changed)
        note_toucher(number, task);
    auto is_private = [&](std::uint16_t number) { return touchers[number] == 1U << task; };
    std::erase_if(into.read, is_private);
    std::erase_if(into.changed, is_private);
}

std::uint32_t futures::place_of(std::uint64_t position)
{
    auto [at, fresh] = known.try_emplace(position, static_cast<std::uint32_t>(all.size()));
    if (fresh)
        all.emplace_back();
    return at->second;
}

bool futures::add(std::vector<std::uint64_t> &set, std::uint16_t number)
{
    if (set.size() <= number / 64)
        set.resize(number / 64 + 1);
    std::uint64_t bit = std::uint64_t{1} << number % 64;
    if ((set[number / 64] & bit) != 0)
        return false;
    set[number / 64] |= bit;
    return true;
}

static bool unite(std::vector<std::uint64_t> &into, const std::vector<std::uint64_t> &from)
{
    bool changed = false;
    if (into.size() < from.size())
        into.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        changed = changed || (from[i] & ~into[i]) != 0;
        into[i] |= from[i];
    }
    return changed;
}

void futures::take_over(place &into, const place &from)
{
    bool more = unite(into.read, from.read);
    more = unite(into.changed, from.changed) || more;
    if (more) {
        ++into.version;
        ++grown;
    }
}

void futures::learn(std::uint64_t from, std::uint64_t to, const step_touches &step)
{
    std::uint32_t start = place_of(from);
    std::uint32_t end = place_of(to);
    place &at = all[start];
    bool more = false;
    for (std::uint16_t number : step.read)
        more = add(at.read, number) || more;
    for (std::uint16_t number : step.changed)
        more = add(at.changed, number) || more;
    if (more) {
        ++at.version;
        ++grown;
    }
    auto next = std::ranges::find(at.next, end, &successor::place);
    if (next == at.next.end())
        next = at.next.insert(next, {end, all[end].version - 1});
    if (next->version != all[end].version) {
        next->version = all[end].version;
        if (start != end)
            take_over(at, all[end]);
    }
}

void futures::learn_gate(std::uint64_t position, unsigned task, sim::word_index word)
{
    std::uint16_t number = number_of(word);
    note_toucher(number, task);
    place &at = all[place_of(position)];
    if (add(at.read, number)) {
        ++at.version;
        ++grown;
    }
}

void futures::close()
{
    for (std::uint64_t before = grown - 1; before != grown;) {
        before = grown;
        for (place &each : all)
            for (successor &next : each.next)
                if (next.version != all[next.place].version) {
                    next.version = all[next.place].version;
                    if (&each != &all[next.place])
                        take_over(each, all[next.place]);
                }
    }
}

std::uint64_t futures::conflicts(const step_touches &step, std::uint64_t tasks,
                                 const std::array<std::uint64_t, sim::tasks_max> &positions) const
{
    std::uint64_t found = 0;
    for (std::uint64_t rest = tasks; rest != 0; rest &= rest - 1) {
        auto task = static_cast<unsigned>(std::countr_zero(rest));
        auto at = known.find(positions[task]);
        if (at == known.end())
            continue; // nobody has seen it go on from there
        const place &future = all[at->second];
        bool touched = std::ranges::any_of(step.changed, [&](std::uint16_t number) {
            return contains(future.changed, number) || contains(future.read, number);
        }) || std::ranges::any_of(step.read, [&](std::uint16_t number) { return contains(future.changed, number); });
        if (touched)
            found |= rest & -rest;
    }
    return found;
}

bool futures::has_conflicted(std::uint64_t position) const
{
    auto at = known.find(position);
    return at != known.end() && all[at->second].conflicted;
}

void futures::note_conflict(std::uint64_t position)
{
    all[place_of(position)].conflicted = true;
}

std::size_t futures::bytes() const
{
    std::size_t total = 0;
    for (const place &each : all)
        total += sizeof each + (each.read.capacity() + each.changed.capacity()) * 8 + each.next.capacity() * sizeof(successor);
    return total;
}

} // namespace interfuse
