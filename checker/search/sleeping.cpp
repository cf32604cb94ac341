// Comparing footprints.
#include "checker/search/sleeping.hpp"

#include <algorithm>

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

std::vector<sim::word_index> &list_of_changed()
{
    static std::vector<sim::word_index> list;
    return list;
}

} // namespace

void touched_words::clear()
{
    read.clear();
    changed.clear();
}

void touched_words::add_step(const std::vector<sim::word_index> &replaced)
{
    const sim::step_footprint &now = sim::the_footprint;
    read.insert(read.end(), now.loaded, now.loaded + now.loads);
    for (std::uint32_t i = 0; i < now.stores; ++i)
        read.push_back(now.stored[i].word);
    for_changed(replaced, [&](sim::word_index word) { changed.push_back(word); });
}

last_step::last_step(const std::vector<sim::word_index> &replaced) : changed(list_of_changed())
{
    changed.clear();
    for_changed(replaced, [&](sim::word_index word) {
        sim::the_footprint.marks[word] |= changed_mark;
        changed.push_back(word);
    });
}

last_step::~last_step()
{
    for (sim::word_index word : changed)
        sim::the_footprint.marks[word] &= static_cast<std::uint8_t>(~changed_mark);
}

bool last_step::is_independent_of(const touched_words &other) const
{
    const std::uint8_t *marks = sim::the_footprint.marks;
    return std::ranges::none_of(other.read, [=](sim::word_index word) { return (marks[word] & changed_mark) != 0; }) &&
           std::ranges::none_of(other.changed,
                                [=](sim::word_index word) { return (marks[word] & (touched_mark | changed_mark)) != 0; });
}

} // namespace interfuse
