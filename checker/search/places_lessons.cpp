// What other processes have learnt of the places.
#include "checker/search/places.hpp"

namespace interfuse {

void places::learn(const lesson &elsewhere)
{
    auto place_there = [&] { return place_of(elsewhere.a, elsewhere.task); };
    auto word = static_cast<sim::word_index>(elsewhere.b);
    switch (elsewhere.kind) {
    case lesson_kind::reads:
    case lesson_kind::changes:
    case lesson_kind::counts:
        learn_touch(place_there(), word, elsewhere.kind);
        break;
    case lesson_kind::waits:
        learn_gate(place_there(), word);
        break;
    case lesson_kind::beside_reads:
    case lesson_kind::beside_changes:
    case lesson_kind::beside_counts:
        learn_beside(place_there(), task_in(elsewhere.b), word, not_beside(elsewhere.kind));
        break;
    case lesson_kind::leads: {
        std::uint32_t from = place_there();
        learn_way(from, place_of(elsewhere.b, elsewhere.task));
        break;
    }
    case lesson_kind::ends_run:
        learn_end(place_there());
        break;
    case lesson_kind::shared_word:
        break; // the walk's
    }
}

void places::forget_lessons()
{
    fresh.clear();
}

std::size_t places::bytes() const
{
    constexpr std::size_t node = 4 * sizeof(std::uint64_t);
    std::size_t total = fresh.capacity() * sizeof(lesson) + words.size() * (node + sizeof(known_word));
    for (const known_step &step : steps)
        total += node + sizeof step + step.beside.bytes();
    for (const place &each : list) {
        total += sizeof each + node + each.touched.bytes() + each.next.capacity() * sizeof each.next[0];
        for (const touched_numbers &by : each.beside)
            total += sizeof by + by.bytes();
    }
    return total;
}

} // namespace interfuse
