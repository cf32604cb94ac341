// Learning what tasks touch, and where they go.
#include "checker/search/places.hpp"

#include <algorithm>
#include <bit>
#include <string_view>

#include <xxhash.h>

#include "checker/search/world_walk.hpp"
#include "sim/kernel/slab.hpp"

namespace interfuse {

namespace {

// What is known of a word: the task that touched it first, and more. Several tasks, one of which changes it, contend for it,
// unless they do nothing but count.
constexpr std::uint16_t first_task = sim::tasks_max - 1;
constexpr std::uint16_t touched_at_all = sim::tasks_max;
constexpr std::uint16_t by_several = touched_at_all * 2;
constexpr std::uint16_t changed_at_all = touched_at_all * 4;
constexpr std::uint16_t not_only_counted = touched_at_all * 8;
constexpr std::uint16_t contended = by_several | changed_at_all | not_only_counted;

// Objects of one kind count as one: what a place does to one of them it may do to the others, though nobody has seen it.
sim::word_index in_first_object(sim::word_index word)
{
    kernel::slab_address object = kernel::find_slab_object(&sim::word_at(word));
    return object.cache == nullptr ? word
                                   : word - sim::word_of(object.object()) + sim::word_of(object.cache->object(0));
}

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
    return sim::word_at(stored.word) != stored.before ? lesson_kind::changes : lesson_kind::reads;
}

// In place::touched.
constexpr std::uint8_t reads_bit = 1, changes_bit = 2, counts_bit = 4;

std::uint8_t bit_of(lesson_kind how)
{
    return how == lesson_kind::reads ? reads_bit : how == lesson_kind::changes ? changes_bit : counts_bit;
}

constexpr std::size_t seen_max = std::size_t{1} << 20;

} // namespace

bool touched_numbers::conflicts_with(const touched_numbers &other) const
{
    return changed.meets(other.changed) || changed.meets(other.read) || changed.meets(other.counted) ||
           read.meets(other.changed) || read.meets(other.counted) || counted.meets(other.changed) ||
           counted.meets(other.read);
}

bool touched_numbers::add(const touched_numbers &more)
{
    bool reads = read.add(more.read);
    bool changes = changed.add(more.changed);
    bool counts = counted.add(more.counted);
    return reads || changes || counts;
}

// Fills `footprint` with words of the step that was taken last.
bool places::is_known(unsigned task, std::uint64_t from, std::uint64_t to, const std::vector<sim::word_index> &replaced,
                      bool continues)
{
    const sim::step_footprint &now = sim::the_footprint;
    footprint.resize(now.loads + now.stores + replaced.size());
    std::uint64_t *next = footprint.data();
    for (std::uint32_t i = 0; i < now.loads; ++i)
        *next++ = with_way(now.loaded[i], lesson_kind::reads);
    for (std::uint32_t i = 0; i < now.stores; ++i)
        *next++ = with_way(now.stored[i].word, way_of(now.stored[i]));
    for (sim::word_index word : replaced)
        *next++ = with_way(word, lesson_kind::changes);
    std::uint64_t step[] = {from, to, std::uint64_t{task} * 2 + continues,
                            XXH3_64bits(footprint.data(), footprint.size() * sizeof footprint[0])};
    if (seen.size() == seen_max)
        seen.clear();
    return !seen.insert(XXH3_64bits(step, sizeof step)).second;
}

std::uint32_t places::find(std::uint64_t position) const
{
    auto at = known.find(position);
    return at == known.end() ? unknown : at->second;
}

// A number for the place of the code and the name of who stands there.
std::uint64_t places::code_of(const place &at)
{
    std::string_view name = sim::the_world().tasks[at.task].name;
    return position_of_other(at.position, at.task, 0) + XXH3_64bits(name.data(), name.size());
}

std::uint32_t places::place_of(std::uint64_t position, unsigned task)
{
    auto [at, is_new] = known.try_emplace(position, static_cast<std::uint32_t>(list.size()));
    std::uint32_t index = at->second;
    if (!is_new)
        return index;
    place &added = list.emplace_back();
    added.position = position;
    added.task = static_cast<std::uint8_t>(task);
    std::vector<std::uint32_t> &twins = by_code[code_of(added)];
    twins.push_back(index);
    if (twins.size() > 1)
        learn_from_twin(index, twins.front());
    return index;
}

template <typename Visit> void places::for_twins(std::uint32_t at, Visit visit)
{
    for (std::uint32_t twin : std::vector(by_code[code_of(list[at])]))
        if (twin != at)
            visit(twin);
}

void places::learn_from_twin(std::uint32_t at, std::uint32_t twin)
{
    place from = list[twin];
    for (const auto &[word, ways] : from.touched)
        add_touch_of_twin(at, twin, word, ways);
    for (std::uint32_t next : from.next)
        add_way(at, place_of(position_of_other(list[next].position, from.task, list[at].task), list[at].task));
    list[at].ends_run = from.ends_run;
}

void places::touch(sim::word_index word, unsigned task, lesson_kind how)
{
    std::uint16_t &known_of_it = words[word];
    std::uint16_t now = known_of_it != 0 ? known_of_it : static_cast<std::uint16_t>(touched_at_all | task);
    // Of a stack a footprint lists only what others than its owner touch at some time.
    if ((now & first_task) != task || sim::is_on_a_stack(word))
        now |= by_several;
    if (how != lesson_kind::reads)
        now |= changed_at_all;
    if (how != lesson_kind::counts)
        now |= not_only_counted;
    known_of_it = now;
}

bool places::is_contended(sim::word_index word) const
{
    return (words.at(word) & contended) == contended;
}

bool places::add_touch(std::uint32_t at, sim::word_index word, std::uint8_t ways)
{
    std::uint8_t &before = list[at].touched[word];
    std::uint8_t fresh_ways = ways & ~before;
    before |= ways;
    for (lesson_kind how : {lesson_kind::reads, lesson_kind::changes, lesson_kind::counts})
        if ((fresh_ways & bit_of(how)) != 0)
            touch(word, list[at].task, how);
    return fresh_ways != 0;
}

// What a twin does to its own stack, the place's task does to its own. Of other memory nobody knows whose it is, but for objects
// of which there are several.
void places::add_touch_of_twin(std::uint32_t at, std::uint32_t twin, sim::word_index word, std::uint8_t ways)
{
    constexpr sim::word_index words_of_task = sizeof(sim::task) / 8;
    constexpr sim::word_index words_of_stack = sim::stack_stride / 8;
    constexpr sim::word_index first_task_word = offsetof(sim::world, tasks) / 8;
    auto swapped = [&](sim::word_index first, sim::word_index size) {
        sim::word_index owner = (word - first) / size, here = list[at].task, there = list[twin].task;
        return word + ((owner == here ? there : owner == there ? here : owner) - owner) * size;
    };
    if (sim::is_on_a_stack(word))
        add_touch(at, swapped(sim::first_stack_word, words_of_stack), ways);
    else if (word - first_task_word < sim::tasks_max * words_of_task)
        add_touch(at, swapped(first_task_word, words_of_task), ways);
    else if (kernel::find_slab_object(&sim::word_at(word)).cache != nullptr)
        add_touch(at, word, ways);
}

void places::learn_touch(std::uint32_t at, sim::word_index word, lesson_kind how)
{
    if (sim::is_on_a_stack(word))
        how = lesson_kind::changes;
    if (!add_touch(at, word, bit_of(how)))
        return;
    fresh.push_back({how, list[at].task, list[at].position, word});
    for_twins(at, [&](std::uint32_t twin) { add_touch_of_twin(twin, at, word, bit_of(how)); });
}

bool places::add_way(std::uint32_t from, std::uint32_t to)
{
    std::vector<std::uint32_t> &next = list[from].next;
    if (std::ranges::find(next, to) != next.end())
        return false;
    next.push_back(to);
    return true;
}

void places::learn_way(std::uint32_t from, std::uint32_t to)
{
    if (!add_way(from, to))
        return;
    fresh.push_back({lesson_kind::leads, list[from].task, list[from].position, list[to].position});
    for_twins(from, [&](std::uint32_t twin) {
        unsigned task = list[twin].task;
        add_way(twin, place_of(position_of_other(list[to].position, list[to].task, task), task));
    });
}

void places::learn_end(std::uint32_t at)
{
    if (list[at].ends_run)
        return;
    list[at].ends_run = true;
    fresh.push_back({lesson_kind::ends_run, list[at].task, list[at].position, 0});
    for_twins(at, [&](std::uint32_t twin) { list[twin].ends_run = true; });
}

void places::learn_start(std::uint64_t alive, const std::array<std::uint64_t, sim::tasks_max> &positions)
{
    for (std::uint64_t rest = alive; rest != 0; rest &= rest - 1) {
        auto task = static_cast<unsigned>(std::countr_zero(rest));
        list[place_of(positions[task], task)].at_start = true;
    }
}

void places::learn_step(unsigned task, std::uint64_t from, std::uint64_t to,
                        const std::vector<sim::word_index> &replaced, bool continues)
{
    if (is_known(task, from, to, replaced, continues))
        return;
    std::uint32_t start = place_of(from, task);
    for (std::uint64_t each : footprint)
        learn_touch(start, in_first_object(static_cast<sim::word_index>(each / ways_to_touch)),
                    static_cast<lesson_kind>(each % ways_to_touch));
    if (!continues)
        return learn_end(start);
    std::uint32_t end = place_of(to, task);
    learn_way(start, end);
    // Whoever stands at a gate goes on only when it is open, and whoever sleeps only when he is woken.
    const sim::task &t = sim::the_world().tasks[task];
    if (t.gate != nullptr)
        learn_touch(end, sim::word_of(t.gate), lesson_kind::reads);
    if (t.status == sim::task_status::blocked)
        learn_touch(end, sim::word_of(&t.status), lesson_kind::reads);
}

std::vector<touched_numbers> places::touched() const
{
    std::unordered_map<sim::word_index, std::uint32_t> numbers;
    std::vector<touched_numbers> all(list.size());
    for (std::size_t i = 0; i < list.size(); ++i)
        for (const auto &[word, ways] : list[i].touched) {
            if (!is_contended(word))
                continue;
            std::uint32_t number = numbers.try_emplace(word, static_cast<std::uint32_t>(numbers.size())).first->second;
            if ((ways & reads_bit) != 0)
                all[i].read.add(number);
            if ((ways & changes_bit) != 0)
                all[i].changed.add(number);
            if ((ways & counts_bit) != 0)
                all[i].counted.add(number);
        }
    return all;
}

void places::learn(const lesson &elsewhere)
{
    switch (elsewhere.kind) {
    case lesson_kind::reads:
    case lesson_kind::changes:
    case lesson_kind::counts:
        learn_touch(place_of(elsewhere.a, elsewhere.task), static_cast<sim::word_index>(elsewhere.b), elsewhere.kind);
        break;
    case lesson_kind::leads: {
        std::uint32_t from = place_of(elsewhere.a, elsewhere.task);
        learn_way(from, place_of(elsewhere.b, elsewhere.task));
        break;
    }
    case lesson_kind::ends_run:
        learn_end(place_of(elsewhere.a, elsewhere.task));
        break;
    case lesson_kind::shared_word:
        break; // the walk's
    }
}

void places::forget_lessons()
{
    fresh.clear();
    seen.clear();
}

std::size_t places::bytes() const
{
    constexpr std::size_t node = 4 * sizeof(std::uint64_t);
    std::size_t total = fresh.capacity() * sizeof(lesson) + (seen.size() + words.size()) * node;
    for (const place &each : list)
        total += sizeof each + node + each.touched.size() * node + each.next.capacity() * sizeof each.next[0];
    return total;
}

} // namespace interfuse
