// Comparing footprints.
#include "checker/search/sleeping.hpp"

#include <algorithm>
#include <utility>

namespace interfuse {

namespace {

// Beside the marks of the footprint, which say by word whether the last step has touched it.
constexpr std::uint8_t touched_mark = 1;
constexpr std::uint8_t changed_mark = 4;

template <typename Visit> void for_changed(const std::vector<sim::word_index> &replaced, Visit visit)
{
    const sim::step_footprint &now = sim::the_footprint;
    for (std::uint32_t i = 0; i < now.stores; ++i)
        if (sim::word_at(now.stored[i].word) != now.stored[i].before)
            visit(now.stored[i].word);
    std::ranges::for_each(replaced, visit);
}

constexpr std::size_t pairs_remembered = std::size_t{1} << 18; // a power of two

} // namespace

void touched_words::clear()
{
    read.clear();
    changed.clear();
    number = 0;
}

void touched_words::add_step(world_walk &way)
{
    if (way.known_number() != 0) {
        number = way.known_number();
        return;
    }
    const sim::step_footprint &now = sim::the_footprint;
    read.insert(read.end(), now.loaded, now.loaded + now.loads);
    for (std::uint32_t i = 0; i < now.stores; ++i)
        read.push_back(now.stored[i].word);
    for_changed(way.replaced(), [&](sim::word_index word) { changed.push_back(word); });
}

void touched_words::spell_out(const world_walk &way)
{
    if (number == 0)
        return;
    const known_step &step = way.remembered(number);
    number = 0;
    read = step.loads;
    changed = step.replaced;
    for (const known_step::store &each : step.stores) {
        read.push_back(each.word);
        if (each.changes)
            changed.push_back(each.word);
    }
}

step_pairs::step_pairs() : known(pairs_remembered) {}

bool step_pairs::is_independent(world_walk &way, const touched_words &other)
{
    std::uint64_t step = way.known_number();
    if (step == 0 || other.number == 0)
        return compare(way, other);
    std::uint64_t pair = step << 32 | other.number;
    std::uint64_t &at = known[pair * 0x9e3779b97f4a7c15 >> 46];
    if (at >> 1 != pair)
        at = pair << 1 | compare(way, other);
    return (at & 1) != 0;
}

bool step_pairs::compare(world_walk &way, const touched_words &other)
{
    if (!is_marked) {
        way.show_footprint();
        changed.clear();
        for_changed(way.replaced(), [&](sim::word_index word) {
            sim::the_footprint.marks[word] |= changed_mark;
            changed.push_back(word);
        });
        is_marked = true;
    }
    const touched_words *words = &other;
    if (other.number != 0) {
        spelt_out.number = other.number;
        spelt_out.spell_out(way);
        words = &spelt_out;
    }
    const std::uint8_t *marks = sim::the_footprint.marks;
    return std::ranges::none_of(words->read, [=](sim::word_index word) { return (marks[word] & changed_mark) != 0; }) &&
           std::ranges::none_of(words->changed,
                                [=](sim::word_index word) { return (marks[word] & (touched_mark | changed_mark)) != 0; });
}

void step_pairs::take_marks_off()
{
    if (!std::exchange(is_marked, false))
        return;
    for (sim::word_index word : changed)
        sim::the_footprint.marks[word] &= static_cast<std::uint8_t>(~changed_mark);
}

} // namespace interfuse
