// Learning what tasks touch.
#include "checker/search/futures.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include <sys/mman.h>

#include "sim/fault.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

constexpr std::size_t numbers_bytes = sim::words_of_arena * sizeof(std::uint16_t);

bool contains(const std::vector<std::uint64_t> &set, std::uint16_t number)
{
    return number / 64 < set.size() && (set[number / 64] >> number % 64 & 1) != 0;
}

bool add(std::vector<std::uint64_t> &set, std::uint16_t number)
{
    if (contains(set, number))
        return false;
    if (set.size() <= number / 64)
        set.resize(number / 64 + 1);
    set[number / 64] |= std::uint64_t{1} << number % 64;
    return true;
}

bool unite(std::vector<std::uint64_t> &into, const std::vector<std::uint64_t> &from)
{
    bool more = false;
    if (into.size() < from.size())
        into.resize(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
        more = more || (from[i] & ~into[i]) != 0;
        into[i] |= from[i];
    }
    return more;
}

} // namespace

futures::futures()
    : numbers(static_cast<std::uint16_t *>(
          mmap(nullptr, numbers_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
      words(1), touchers(1)
{
    sim::require(numbers != MAP_FAILED, "there is no memory for the tables of the search");
}

futures::~futures()
{
    munmap(numbers, numbers_bytes);
}

std::uint16_t futures::touch(sim::word_index word, unsigned task)
{
    std::uint16_t &number = numbers[word];
    if (number == 0 && words.size() <= anything) {
        number = static_cast<std::uint16_t>(words.size());
        words.push_back(word);
        touchers.push_back(0);
    } else if (number == 0) {
        number = anything;
    }
    std::uint32_t bit = 1U << task;
    if ((touchers[number] & bit) == 0) {
        touchers[number] |= bit;
        fresh.push_back({lesson_kind::touch, word, task});
    }
    return number;
}

void futures::read_step(unsigned task, const std::vector<sim::word_index> &replaced, step_touches &into)
{
    const sim::step_footprint &now = sim::the_footprint;
    for (auto *list : {&into.read, &into.changed, &into.shared_read, &into.shared_changed})
        list->clear();
    auto note = [&](sim::word_index word, bool changed) {
        std::uint16_t number = touch(word, task);
        (changed ? into.changed : into.read).push_back(number);
        if (contains(shared, number))
            (changed ? into.shared_changed : into.shared_read).push_back(number);
    };
    for (std::uint32_t i = 0; i < now.loads; ++i)
        note(now.loaded[i], false);
    for (std::uint32_t i = 0; i < now.stores; ++i)
        note(now.stored[i].word, sim::word_at(now.stored[i].word) != now.stored[i].before);
    for (sim::word_index word : replaced)
        note(word, true);
}

std::uint32_t futures::index_of(std::uint64_t position)
{
    auto [at, is_new] = known.try_emplace(position, static_cast<std::uint32_t>(all.size()));
    if (is_new)
        all.emplace_back().position = position;
    return at->second;
}

const futures::place *futures::find(std::uint64_t position) const
{
    auto at = known.find(position);
    return at == known.end() ? nullptr : &all[at->second];
}

void futures::learn_word(place &at, std::uint16_t number, bool changed)
{
    if (add(changed ? at.changed : at.read, number))
        fresh.push_back({changed ? lesson_kind::changed : lesson_kind::read, at.position, words[number]});
}

void futures::learn_way(std::uint64_t from, std::uint64_t to, const step_touches &step)
{
    std::uint32_t start = index_of(from);
    std::uint32_t end = index_of(to);
    place &at = all[start];
    for (std::uint16_t number : step.read)
        learn_word(at, number, false);
    for (std::uint16_t number : step.changed)
        learn_word(at, number, true);
    if (std::ranges::find(at.next, end) == at.next.end()) {
        at.next.push_back(end);
        fresh.push_back({lesson_kind::step, from, to});
    }
}

// A task that stands there goes on only when that word allows it.
void futures::learn_gate(std::uint64_t position, unsigned task, sim::word_index word)
{
    learn_word(all[index_of(position)], touch(word, task), false);
}

void futures::learn_step(unsigned task, std::uint64_t from, std::uint64_t to,
                         const std::vector<sim::word_index> &replaced, step_touches &into)
{
    read_step(task, replaced, into);
    learn_way(from, to, into);
    if (const std::uint16_t *gate = sim::the_world().tasks[task].gate; gate != nullptr)
        learn_gate(to, task, sim::word_of(gate));
}

void futures::learn_conflict(std::uint64_t position)
{
    place &at = all[index_of(position)];
    if (!at.conflicted)
        fresh.push_back({lesson_kind::conflict, position});
    at.conflicted = true;
}

void futures::learn(const lesson &elsewhere)
{
    switch (elsewhere.kind) {
    case lesson_kind::touch:
        touch(static_cast<sim::word_index>(elsewhere.a), static_cast<unsigned>(elsewhere.b));
        break;
    case lesson_kind::read:
    case lesson_kind::changed:
        // Its touch was told before.
        return learn_word(all[index_of(elsewhere.a)], numbers[elsewhere.b], elsewhere.kind == lesson_kind::changed);
    case lesson_kind::step:
        return learn_way(elsewhere.a, elsewhere.b, {});
    case lesson_kind::conflict:
        return learn_conflict(elsewhere.a);
    default:
        break; // the walk's, or of another kind of reduction
    }
}

std::uint64_t futures::conflicts(const step_touches &step, std::uint64_t tasks,
                                 const std::array<std::uint64_t, sim::tasks_max> &positions) const
{
    std::uint64_t found = 0;
    for (std::uint64_t rest = tasks; rest != 0; rest &= rest - 1) {
        const place *at = find(positions[static_cast<unsigned>(std::countr_zero(rest))]);
        if (at == nullptr)
            continue; // nobody has seen it go on from there
        auto may_read = [&](std::uint16_t number) { return contains(at->future_read, number); };
        auto may_change = [&](std::uint16_t number) { return contains(at->future_changed, number); };
        if (std::ranges::any_of(step.shared_changed, may_change) ||
            std::ranges::any_of(step.shared_changed, may_read) || std::ranges::any_of(step.shared_read, may_change))
            found |= rest & -rest;
    }
    return found;
}

bool futures::has_conflicted(std::uint64_t position) const
{
    const place *at = find(position);
    return at != nullptr && at->had_conflicted;
}

bool futures::goes_back(std::uint64_t from, std::uint64_t to) const
{
    const place *start = find(from);
    const place *end = find(to);
    return start != nullptr && end != nullptr && end->rank != 0 && end->rank <= start->rank;
}

void futures::find_shared_words()
{
    for (std::size_t number = 1; number < touchers.size(); ++number)
        if (!std::has_single_bit(touchers[number]))
            add(shared, static_cast<std::uint16_t>(number));
}

// Follows all steps until nothing grows.
void futures::close()
{
    for (place &each : all) {
        each.future_read = each.read;
        each.future_changed = each.changed;
    }
    for (bool more = true; more;) {
        more = false;
        for (place &each : all)
            for (std::uint32_t next : each.next) {
                more = unite(each.future_read, all[next].future_read) || more;
                more = unite(each.future_changed, all[next].future_changed) || more;
            }
    }
}

// Ranks fall as a depth-first search leaves its places, so that only steps back to a place that it has not left have none
// that is higher (Tarjan 1972).
void futures::rank_places()
{
    auto by_position = [&](std::uint32_t index) { return all[index].position; };
    std::vector<std::uint32_t> starts(all.size());
    std::iota(starts.begin(), starts.end(), 0);
    std::ranges::sort(starts, {}, by_position);
    for (place &each : all) {
        std::ranges::sort(each.next, {}, by_position);
        each.rank = 0;
    }
    auto rank = static_cast<std::uint32_t>(all.size());
    constexpr std::uint32_t entered = UINT32_MAX;
    struct visit {
        std::uint32_t index;
        std::size_t tried;
    };
    std::vector<visit> path;
    auto enter = [&](std::uint32_t index) {
        if (all[index].rank != 0)
            return;
        all[index].rank = entered;
        path.push_back({index, 0});
    };
    for (std::uint32_t start : starts) {
        enter(start);
        while (!path.empty()) {
            visit &last = path.back();
            place &at = all[last.index];
            if (last.tried < at.next.size()) {
                enter(at.next[last.tried++]);
            } else {
                at.rank = rank--;
                path.pop_back();
            }
        }
    }
}

void futures::take_effect()
{
    find_shared_words();
    close();
    rank_places();
    for (place &each : all)
        each.had_conflicted = each.conflicted;
    fresh.clear();
}

std::size_t futures::bytes() const
{
    std::size_t total = known.size() * (sizeof(std::uint64_t) * 4) + fresh.capacity() * sizeof(lesson);
    for (const place &each : all)
        total += sizeof each + each.next.capacity() * sizeof each.next[0] +
                 (each.read.capacity() + each.changed.capacity() + each.future_read.capacity() +
                  each.future_changed.capacity()) * sizeof(std::uint64_t);
    return total;
}

} // namespace interfuse
