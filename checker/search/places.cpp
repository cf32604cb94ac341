// Learning what tasks touch, and where they go.
#include "checker/search/places.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include <xxhash.h>

#include "checker/search/world_walk.hpp"
#include "sim/kernel/slab.hpp"

namespace interfuse {

namespace {

// What is known of a word: the task that touched it first, and more.
constexpr std::uint16_t first_task = sim::tasks_max - 1;
constexpr std::uint16_t touched_at_all = sim::tasks_max;
constexpr std::uint16_t by_several = touched_at_all * 2;
constexpr std::uint16_t changed_at_all = touched_at_all * 4;
constexpr std::uint16_t not_only_counted = touched_at_all * 8;
constexpr std::uint16_t is_gate = touched_at_all * 16;
constexpr std::uint16_t contended_ways = by_several | changed_at_all | not_only_counted;

// A word and how it was touched, in one.
constexpr unsigned ways_to_touch = 16;
std::uint64_t with_way(sim::word_index word, lesson_kind how)
{
    return std::uint64_t{word} * ways_to_touch + static_cast<unsigned>(how);
}

// The word that a task waits for, or 0.
sim::word_index gate_of(unsigned task)
{
    const std::uint16_t *gate = sim::the_world().tasks[task].gate;
    return gate != nullptr ? sim::word_of(gate) : 0;
}

lesson_kind way_of(const sim::word_change &stored)
{
    if ((sim::the_footprint.marks[stored.word] & sim::counted_mark) != 0)
        return lesson_kind::counts;
    return sim::word_at(stored.word) != stored.before ? lesson_kind::changes : lesson_kind::reads;
}

constexpr std::size_t seen_max = std::size_t{1} << 17;
constexpr std::size_t remembered_places = 4096; // a power of two

// What a task does to its own stack and to its own task_struct, its twin does to those of its own. Of other memory
// nobody knows whose it is, but for objects of which there are several.
std::optional<sim::word_index> word_of_twin(sim::word_index word, unsigned task, unsigned twin)
{
    constexpr sim::word_index words_of_task = sizeof(sim::task) / 8;
    constexpr sim::word_index words_of_stack = sim::stack_stride / 8;
    constexpr sim::word_index first_task_word = offsetof(sim::world, tasks) / 8;
    auto exchanged = [&](sim::word_index first, sim::word_index size) {
        sim::word_index owner = (word - first) / size;
        return word + ((owner == task ? twin : owner == twin ? task : owner) - owner) * size;
    };
    if (sim::is_on_a_stack(word))
        return exchanged(sim::first_stack_word, words_of_stack);
    if (word - first_task_word < sim::tasks_max * words_of_task)
        return exchanged(first_task_word, words_of_task);
    if (kernel::find_slab_object(&sim::word_at(word)).cache != nullptr)
        return word;
    return {};
}

unsigned exchanged(unsigned which, unsigned task, unsigned twin)
{
    return which == task ? twin : which == twin ? task : which;
}

} // namespace

// Of the step that was taken last. Of one that ends the run nobody reads what it changes, and it is broken off where it does
// so: there may be changes that it would have taken back.
void places::list_footprint(world_walk &way, bool continues)
{
    way.show_footprint();
    const std::vector<sim::word_index> &replaced = way.replaced();
    const sim::step_footprint &now = sim::the_footprint;
    footprint.resize(now.loads + now.stores + replaced.size());
    std::uint64_t *next = footprint.data();
    for (std::uint32_t i = 0; i < now.loads; ++i)
        *next++ = with_way(now.loaded[i], lesson_kind::reads);
    for (std::uint32_t i = 0; i < now.stores; ++i)
        *next++ = with_way(now.stored[i].word, continues ? way_of(now.stored[i]) : lesson_kind::reads);
    for (sim::word_index word : replaced)
        *next++ = with_way(word, continues ? lesson_kind::changes : lesson_kind::reads);
}

std::uint32_t places::look_up(unsigned task, std::uint64_t from, world_walk &way, bool continues)
{
    list_footprint(way, continues);
    std::uint64_t step[] = {from, way.position(task), std::uint64_t{task} * 2 + continues, gate_of(task),
                            XXH3_64bits(footprint.data(), footprint.size() * sizeof footprint[0])};
    if (seen.size() == seen_max) {
        seen.clear();
        steps.clear();
        by_number.clear();
    }
    auto [at, is_new] = seen.try_emplace(XXH3_64bits(step, sizeof step), static_cast<std::uint32_t>(steps.size()));
    if (is_new)
        steps.emplace_back();
    return at->second;
}

std::uint32_t places::number_of(sim::word_index word)
{
    auto [at, is_new] = numbers_of.try_emplace(word, static_cast<std::uint32_t>(words.size()));
    if (is_new)
        words.push_back({word, 0});
    return at->second;
}

std::uint32_t places::find(std::uint64_t position) const
{
    auto at = known.find(position);
    return at == known.end() ? unknown : at->second;
}

// A number for the place of the code and the name of who stands there.
std::uint64_t places::code_of(const place &at) const
{
    std::string_view name = sim::the_world().tasks[at.task].name;
    return position_of_other(at.position, at.task, 0) + XXH3_64bits(name.data(), name.size());
}

std::uint32_t places::place_of(std::uint64_t position, unsigned task)
{
    if (lately.empty())
        lately.resize(remembered_places);
    remembered &last = lately[position % remembered_places];
    if (last.position == position && last.index != unknown)
        return last.index;
    auto [at, is_new] = known.try_emplace(position, static_cast<std::uint32_t>(list.size()));
    std::uint32_t index = at->second;
    last = {position, index};
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
    const std::vector<std::uint32_t> &all = by_code[code_of(list[at])];
    if (all.size() == 1)
        return;
    for (std::uint32_t twin : std::vector(all))
        if (twin != at)
            visit(twin);
}

void places::learn_from_twin(std::uint32_t at, std::uint32_t twin)
{
    place from = list[twin];
    unsigned task = list[at].task;
    auto for_words = [&](touched_numbers &touched, auto add) {
        for (lesson_kind how : touched_numbers::all_ways)
            touched.of(how).for_each([&](std::uint32_t number) {
                if (auto word = word_of_twin(words[number].word, from.task, task))
                    add(*word, how);
            });
    };
    for_words(from.touched, [&](sim::word_index word, lesson_kind how) { add_touch(at, word, how); });
    for (unsigned other = 0; other < from.beside.size(); ++other)
        for_words(from.beside[other], [&](sim::word_index word, lesson_kind how) {
            add_beside(at, exchanged(other, from.task, task), word, how);
        });
    for (std::uint32_t next : from.next)
        add_way(at, place_of(position_of_other(list[next].position, from.task, task), task));
    list[at].ends_run = from.ends_run;
}

bool places::add_touch(std::uint32_t at, sim::word_index word, lesson_kind how)
{
    std::uint32_t number = number_of(word);
    place &here = list[at];
    if (!here.touched.of(how).insert(number))
        return false;
    std::uint16_t &ways = words[number].ways;
    if ((ways & touched_at_all) == 0)
        ways |= touched_at_all | here.task;
    // Of a stack a footprint lists only what others than its owner touch at some time.
    if ((ways & first_task) != here.task || sim::is_on_a_stack(word))
        ways |= by_several;
    if (how != lesson_kind::reads)
        ways |= changed_at_all;
    if (how != lesson_kind::counts)
        ways |= not_only_counted;
    return true;
}

bool places::add_beside(std::uint32_t at, unsigned task, sim::word_index word, lesson_kind how)
{
    std::vector<touched_numbers> &by = list[at].beside;
    if (by.size() <= task)
        by.resize(task + 1);
    return by[task].of(how).insert(number_of(word));
}

void places::learn_touch(std::uint32_t at, sim::word_index word, lesson_kind how)
{
    if (sim::is_on_a_stack(word))
        how = lesson_kind::changes;
    if (!add_touch(at, word, how))
        return;
    fresh.push_back({how, list[at].task, list[at].position, word});
    for_twins(at, [&](std::uint32_t twin) {
        if (auto theirs = word_of_twin(word, list[at].task, list[twin].task))
            add_touch(twin, *theirs, how);
    });
}

void places::learn_gate(std::uint32_t at, sim::word_index word)
{
    std::uint16_t &ways = words[number_of(word)].ways;
    if ((ways & is_gate) == 0)
        fresh.push_back({lesson_kind::waits, list[at].task, list[at].position, word});
    ways |= is_gate;
    learn_touch(at, word, lesson_kind::reads);
}

void places::learn_beside(std::uint32_t at, unsigned task, sim::word_index word, lesson_kind how)
{
    if (sim::is_on_a_stack(word))
        how = lesson_kind::changes;
    if (!add_beside(at, task, word, how))
        return;
    fresh.push_back({beside_way(how), list[at].task, list[at].position, task_and_word(task, word)});
    for_twins(at, [&](std::uint32_t twin) {
        unsigned here = list[at].task, there = list[twin].task;
        if (auto theirs = word_of_twin(word, here, there))
            add_beside(twin, exchanged(task, here, there), *theirs, how);
    });
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
        std::uint32_t start = place_of(positions[task], task);
        list[start].at_start = true;
    }
}

void places::learn_step(unsigned task, std::uint64_t from, world_walk &way, bool continues)
{
    const std::array<std::uint64_t, sim::tasks_max> &now = way.all_positions();
    std::uint32_t number = way.known_number();
    bool is_listed = number >= by_number.size() || by_number[number] == 0;
    std::uint32_t index = is_listed ? look_up(task, from, way, continues) : by_number[number] - 1;
    if (number != 0 && is_listed) {
        by_number.resize(std::max<std::size_t>(by_number.size(), number + 1));
        by_number[number] = index + 1;
    }
    known_step &step = steps[index];
    bool is_new = std::exchange(step.is_new, false);
    if (is_new)
        learn_own_step(task, from, now[task], continues);
    for (unsigned other = 0; other < sim::the_world().task_count; ++other) {
        if (other == task)
            continue;
        std::uint32_t at = place_of(now[other], other);
        if (!step.beside.insert(at))
            continue;
        if (!std::exchange(is_listed, true))
            list_footprint(way, continues);
        for (std::uint64_t each : footprint)
            learn_beside(at, task, static_cast<sim::word_index>(each / ways_to_touch),
                         static_cast<lesson_kind>(each % ways_to_touch));
    }
}

void places::learn_own_step(unsigned task, std::uint64_t from, std::uint64_t to, bool continues)
{
    std::uint32_t start = place_of(from, task);
    for (std::uint64_t each : footprint)
        learn_touch(start, static_cast<sim::word_index>(each / ways_to_touch),
                    static_cast<lesson_kind>(each % ways_to_touch));
    if (!continues)
        return learn_end(start);
    std::uint32_t end = place_of(to, task);
    learn_way(start, end);
    // Whoever stands at a gate goes on only when it is open, and whoever sleeps only when he is woken.
    const sim::task &t = sim::the_world().tasks[task];
    if (t.gate != nullptr)
        learn_gate(end, gate_of(task));
    if (t.status == sim::task_status::blocked)
        learn_touch(end, sim::word_of(&t.status), lesson_kind::reads);
}

number_set places::contended() const
{
    number_set found;
    for (std::uint32_t number = 0; number < words.size(); ++number)
        if ((words[number].ways & contended_ways) == contended_ways)
            found.insert(number);
    return found;
}

number_set places::gates() const
{
    number_set found;
    for (std::uint32_t number = 0; number < words.size(); ++number)
        if ((words[number].ways & is_gate) != 0)
            found.insert(number);
    return found;
}

} // namespace interfuse
