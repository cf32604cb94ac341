// Choosing whom to try.
#include "checker/search/persistent_sets.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <numeric>
#include <utility>

#include <sys/mman.h>

#include "sim/fault.hpp"

namespace interfuse {

namespace {

constexpr std::size_t remembered_places = 4096; // a power of two

std::uint64_t bit(unsigned task)
{
    return std::uint64_t{1} << task;
}

bool is_single(std::uint64_t tasks)
{
    return tasks != 0 && (tasks & (tasks - 1)) == 0;
}

unsigned first_of(std::uint64_t tasks)
{
    return static_cast<unsigned>(std::countr_zero(tasks));
}

} // namespace

persistent_sets::persistent_sets(bool alone) : alone(alone), lately(remembered_places) {}

persistent_sets::~persistent_sets()
{
    if (relied_on != nullptr)
        munmap(relied_on, relied_on_bytes);
}

std::uint32_t persistent_sets::in_effect(std::uint64_t position) const
{
    remembered &last = lately[position % remembered_places];
    if (last.position != position) {
        std::uint32_t at = seen.find(position);
        last = {position, at < known.rank.size() ? at : places::unknown};
    }
    return last.place;
}

void persistent_sets::find_places(meeting &all, const std::array<std::uint64_t, sim::tasks_max> &positions) const
{
    for (std::uint64_t rest = all.alive; rest != 0; rest &= rest - 1)
        all.at[first_of(rest)] = in_effect(positions[first_of(rest)]);
}

// With whom a task conflicts, or `first_only`.
std::uint64_t persistent_sets::conflicts_of(unsigned task, const meeting &all, bool first_only) const
{
    std::uint64_t others = all.alive & ~bit(task);
    std::uint32_t here = all.at[task];
    if (here == places::unknown || !known.may_lead[here])
        return others;
    std::uint64_t conflicts = 0;
    for (; others != 0 && (conflicts == 0 || !first_only); others &= others - 1)
        if (std::uint32_t there = all.at[first_of(others)];
            there == places::unknown || conflicting.has(here, there))
            conflicts |= others & -others;
    return conflicts;
}

persistent_sets::choice persistent_sets::choose_one(std::uint64_t enabled, const meeting &all) const
{
    for (std::uint64_t rest = is_single(all.alive) ? 0 : enabled; rest != 0; rest &= rest - 1)
        if (conflicts_of(first_of(rest), all, true) == 0) {
            rely_on(all, rest & -rest);
            return {rest & -rest, true};
        }
    return {enabled};
}

// From a task on, with whoever conflicts with somebody inside, until nobody does.
persistent_sets::choice persistent_sets::choose(std::uint64_t enabled, std::uint64_t alive,
                                                const std::array<std::uint64_t, sim::tasks_max> &positions) const
{
    meeting all;
    all.alive = alive;
    find_places(all, positions);
    if (alone)
        return choose_one(enabled, all);
    for (std::uint64_t rest = alive; rest != 0; rest &= rest - 1)
        all.conflicts[first_of(rest)] = conflicts_of(first_of(rest), all, false);
    std::uint64_t best = alive;
    for (std::uint64_t rest = enabled; rest != 0; rest &= rest - 1) {
        std::uint64_t inside = rest & -rest;
        for (std::uint64_t added = inside; added != 0;) {
            std::uint64_t more = all.conflicts[first_of(added)] & ~inside;
            inside |= more;
            added = (added & (added - 1)) | more;
        }
        if (is_single(inside)) {
            best = inside;
            break;
        }
        auto size = [&](std::uint64_t set) { return std::pair(std::popcount(set & enabled), std::popcount(set)); };
        if (size(inside) < size(best))
            best = inside;
    }
    if (best == alive)
        return {enabled};
    rely_on(all, best);
    return {best & enabled, is_single(best & enabled)};
}

void persistent_sets::rely_on(const meeting &all, std::uint64_t inside) const
{
    for (std::uint64_t rest = inside; rest != 0; rest &= rest - 1) {
        std::uint64_t *row = relied_on + all.at[first_of(rest)] * conflicting.words_a_row;
        for (std::uint64_t others = all.alive & ~inside; others != 0; others &= others - 1) {
            std::uint32_t there = all.at[first_of(others)];
            std::atomic_ref<std::uint64_t> word(row[there / 64]);
            std::uint64_t mark = std::uint64_t{1} << there % 64;
            if ((word.load(std::memory_order_relaxed) & mark) == 0)
                word.fetch_or(mark, std::memory_order_relaxed);
        }
    }
}

// Ranks fall as a depth-first search leaves its places, so that only steps back to a place that it has not left have none
// that is higher (Tarjan 1972).
std::vector<std::uint32_t> persistent_sets::ranks() const
{
    const std::vector<places::place> &all = seen.all();
    auto by_position = [&](std::uint32_t index) { return all[index].position; };
    auto in_order = [&](std::vector<std::uint32_t> indices) {
        std::ranges::sort(indices, {}, by_position);
        return indices;
    };
    constexpr std::uint32_t entered = UINT32_MAX;
    std::vector<std::uint32_t> rank(all.size());
    auto next_rank = static_cast<std::uint32_t>(all.size());
    struct visit {
        std::uint32_t index;
        std::vector<std::uint32_t> next;
    };
    std::vector<visit> path;
    auto enter = [&](std::uint32_t index) {
        if (rank[index] != 0)
            return;
        rank[index] = entered;
        path.push_back({index, in_order(all[index].next)});
    };
    std::vector<std::uint32_t> starts(all.size());
    std::iota(starts.begin(), starts.end(), 0);
    starts = in_order(starts);
    // A subrange, which the same of std::ranges returns, is more than clang 14 takes of libstdc++ 12.
    std::stable_partition(starts.begin(), starts.end(), [&](std::uint32_t index) { return all[index].at_start; });
    for (std::uint32_t start : starts) {
        enter(start);
        while (!path.empty()) {
            if (std::vector<std::uint32_t> &next = path.back().next; !next.empty()) {
                std::uint32_t to = next.back();
                next.pop_back();
                enter(to);
            } else {
                rank[path.back().index] = next_rank--;
                path.pop_back();
            }
        }
    }
    return rank;
}

// A step to a place of no higher rank goes back.
bool persistent_sets::goes_back(std::uint32_t place) const
{
    return std::ranges::any_of(seen.all()[place].next, [&](std::uint32_t next) {
        return next < known.rank.size() && known.rank[next] <= known.rank[place];
    });
}

// What ends a run leaves nothing behind to try the others in. And a circle of states in each of which the same task was left out
// would leave it out for ever: one of its steps goes back, and there everybody is tried. With sets of one everybody is tried in
// each state that the search keeps, and it keeps one every so often (depth_first::enter).
std::vector<bool> persistent_sets::leaders() const
{
    std::vector<bool> may_lead(seen.all().size());
    for (std::uint32_t place = 0; place < known.rank.size(); ++place)
        may_lead[place] = !seen.all()[place].ends_run && (alone || !goes_back(place));
    return may_lead;
}

bool persistent_sets::take_effect()
{
    bool matters = put_to_use();
    seen.forget_lessons();
    judged = 0;
    return matters;
}

bool persistent_sets::mend()
{
    if (holds())
        return false;
    put_to_use();
    judged = seen.learnt().size();
    return true;
}

bool persistent_sets::put_to_use()
{
    place_order known_before = std::exchange(known, {ranks(), {}});
    known.may_lead = leaders();
    place_pairs conflicting_before = std::exchange(conflicting, conflicts_of_places(seen, known));
    std::size_t places_before = known_before.rank.size();
    bool matters = places_before == 0;
    for (std::size_t place = 0; place < places_before; ++place) {
        matters = matters || (known_before.may_lead[place] && !known.may_lead[place]);
        for (std::size_t other = 0; other < places_before && !matters; ++other)
            matters = conflicting.has(place, other) != conflicting_before.has(place, other);
    }
    begin_relying(seen.all().size());
    lately.assign(remembered_places, {});
    return matters;
}

void persistent_sets::begin_relying(std::size_t places)
{
    if (relied_on != nullptr)
        munmap(relied_on, relied_on_bytes);
    relied_on_bytes = std::max(places * conflicting.words_a_row, std::size_t{1}) * sizeof(std::uint64_t);
    void *memory = mmap(nullptr, relied_on_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    sim::require(memory != MAP_FAILED, "there is no memory for the tables of the search");
    relied_on = static_cast<std::uint64_t *>(memory);
}

bool persistent_sets::holds() const
{
    if (seen.learnt().size() == judged)
        return true;
    place_order now{known.rank, leaders()};
    now.rank.resize(seen.all().size());
    place_pairs conflicts = conflicts_of_places(seen, now);
    for (std::size_t place = 0; place < known.rank.size(); ++place) {
        const std::uint64_t *row = relied_on + place * conflicting.words_a_row;
        bool led = std::any_of(row, row + conflicting.words_a_row, [](std::uint64_t bits) { return bits != 0; });
        if (led && !now.may_lead[place])
            return false;
        for (std::size_t word = 0; led && word < conflicting.words_a_row; ++word)
            if ((row[word] & conflicts.row(place)[word]) != 0)
                return false;
    }
    judged = seen.learnt().size();
    return true;
}

std::size_t persistent_sets::bytes() const
{
    return seen.bytes() + conflicting.bits.capacity() * sizeof conflicting.bits[0] + relied_on_bytes;
}

} // namespace interfuse
