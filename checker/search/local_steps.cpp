// Learning which steps are nobody else's business.
#include "checker/search/local_steps.hpp"

#include <algorithm>
#include <span>

#include <sys/mman.h>
#include <xxhash.h>

#include "sim/fault.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

constexpr std::size_t touches_bytes = sim::words_of_arena * sizeof(std::uint16_t);

// What is known of a word: the task that touched it first, and more. Several tasks, one of which changes it, contend for it,
// unless they do nothing but count.
constexpr std::uint16_t first_task = sim::tasks_max - 1;
constexpr std::uint16_t touched = sim::tasks_max;
constexpr std::uint16_t by_several = touched * 2;
constexpr std::uint16_t changed = touched * 4;
constexpr std::uint16_t not_only_counted = touched * 8;
constexpr std::uint16_t contended = by_several | changed | not_only_counted;

// A word and how it was touched, in one.
constexpr unsigned ways_to_touch = 16;
std::uint64_t with_way(sim::word_index word, lesson_kind how)
{
    return std::uint64_t{word} * ways_to_touch + static_cast<unsigned>(how);
}

lesson_kind way_of(const sim::word_change &stored)
{
    if ((sim::the_footprint.marks[stored.word] & sim::counted_mark) != 0)
        return lesson_kind::counts;
    return sim::word_at(stored.word) != stored.before ? lesson_kind::changes : lesson_kind::touch;
}

constexpr std::size_t remembered_places = 1024; // a power of two
constexpr std::size_t seen_max = std::size_t{1} << 20;

} // namespace

local_steps::local_steps()
    : touches(static_cast<std::uint16_t *>(
          mmap(nullptr, touches_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))),
      in_effect(remembered_places)
{
    sim::require(touches != MAP_FAILED, "there is no memory for the tables of the search");
}

local_steps::~local_steps()
{
    munmap(touches, touches_bytes);
}

void local_steps::learn_places(bool on_a_walk)
{
    walking = on_a_walk;
    forget_steps();
}

// What there is to learn from a step depends on what is in effect.
void local_steps::forget_steps()
{
    seen.clear();
    in_effect.assign(remembered_places, {});
}

// Fills `footprint`.
bool local_steps::is_known(unsigned task, std::uint64_t from, const std::vector<sim::word_index> &replaced, bool continues)
{
    const sim::step_footprint &now = sim::the_footprint;
    footprint.resize(now.loads + now.stores + replaced.size() + 2);
    std::uint64_t *next = footprint.data();
    *next++ = from;
    *next++ = task * 2 + continues;
    for (std::uint32_t i = 0; i < now.loads; ++i)
        *next++ = with_way(now.loaded[i], lesson_kind::touch);
    for (std::uint32_t i = 0; i < now.stores; ++i)
        *next++ = with_way(now.stored[i].word, way_of(now.stored[i]));
    for (sim::word_index word : replaced)
        *next++ = with_way(word, lesson_kind::changes);
    if (seen.size() == seen_max)
        seen.clear();
    return !seen.insert(XXH3_64bits(footprint.data(), footprint.size() * sizeof footprint[0])).second;
}

void local_steps::touch(sim::word_index word, unsigned task, lesson_kind how)
{
    // Of a stack a footprint lists only what others than its owner touch at some time.
    if (sim::is_on_a_stack(word))
        how = lesson_kind::changes;
    std::uint16_t before = touches[word];
    std::uint16_t now = before != 0 ? before : static_cast<std::uint16_t>(touched | task);
    if ((now & first_task) != task || sim::is_on_a_stack(word))
        now |= by_several;
    if (how != lesson_kind::touch)
        now |= changed;
    if (how != lesson_kind::counts)
        now |= not_only_counted;
    if (now == before)
        return;
    touches[word] = now;
    fresh.push_back({how, word, task});
}

void local_steps::learn_word(place &at, std::uint64_t position, sim::word_index word)
{
    if (at.words.insert(word).second)
        fresh.push_back({lesson_kind::local_word, position, word});
}

void local_steps::learn_step(unsigned task, std::uint64_t from, const std::vector<sim::word_index> &replaced,
                             bool continues)
{
    if (is_known(task, from, replaced, continues))
        return;
    auto words = std::span(footprint).subspan(2);
    for (std::uint64_t each : words)
        touch(static_cast<sim::word_index>(each / ways_to_touch), task, static_cast<lesson_kind>(each % ways_to_touch));

    auto known = places.find(from);
    if (known == places.end() && !walking)
        return;
    place &at = known == places.end() ? places[from] : known->second;
    if (!continues && !at.ends_run) {
        at.ends_run = true;
        fresh.push_back({lesson_kind::ends_run, from});
    }
    if (!at.in_effect && !walking)
        return;
    for (std::uint64_t each : words)
        learn_word(at, from, static_cast<sim::word_index>(each / ways_to_touch));
}

bool local_steps::is_local(unsigned task, std::uint64_t position) const
{
    remembered &last = in_effect[position % remembered_places];
    if (last.position != position) {
        auto at = places.find(position);
        last = {position, at != places.end() && at->second.in_effect};
    }
    // Whether a task at a gate can go on depends on others.
    return last.in_effect && sim::the_world().tasks[task].gate == nullptr;
}

bool local_steps::is_contended(const place &at) const
{
    return at.ends_run ||
           std::ranges::any_of(at.words, [this](sim::word_index word) { return (touches[word] & contended) == contended; });
}

bool local_steps::holds() const
{
    return std::ranges::none_of(places,
                                [this](const auto &each) { return each.second.in_effect && is_contended(each.second); });
}

void local_steps::take_effect()
{
    for (auto &[position, each] : places)
        each.in_effect = !is_contended(each);
    fresh.clear();
    forget_steps();
}

void local_steps::learn(const lesson &elsewhere)
{
    switch (elsewhere.kind) {
    case lesson_kind::touch:
    case lesson_kind::changes:
    case lesson_kind::counts:
        touch(static_cast<sim::word_index>(elsewhere.a), static_cast<unsigned>(elsewhere.b), elsewhere.kind);
        break;
    case lesson_kind::local_word:
        learn_word(places[elsewhere.a], elsewhere.a, static_cast<sim::word_index>(elsewhere.b));
        break;
    case lesson_kind::ends_run:
        places[elsewhere.a].ends_run = true;
        break;
    default:
        break; // of another kind of reduction
    }
}

std::size_t local_steps::bytes() const
{
    constexpr std::size_t node = 4 * sizeof(std::uint64_t);
    std::size_t total = fresh.capacity() * sizeof(lesson) + seen.size() * node;
    for (const auto &[position, each] : places)
        total += sizeof each + (1 + each.words.size()) * node;
    return total;
}

} // namespace interfuse
