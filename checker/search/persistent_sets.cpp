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
        last = {position, at < known.size() ? at : places::unknown};
    }
    return last.place;
}

persistent_sets::meeting persistent_sets::meet(std::uint64_t alive,
                                               const std::array<std::uint64_t, sim::tasks_max> &positions) const
{
    meeting all;
    all.alive = alive;
    for (std::uint64_t rest = alive; rest != 0; rest &= rest - 1)
        all.at[first_of(rest)] = in_effect(positions[first_of(rest)]);
    for (std::uint64_t rest = alive; rest != 0; rest &= rest - 1) {
        unsigned task = first_of(rest);
        std::uint32_t here = all.at[task];
        all.conflicts[task] = alive & ~bit(task);
        if (here == places::unknown || !known[here].may_lead)
            continue;
        const std::uint64_t *row = &conflicting[here * words_a_place];
        for (std::uint64_t others = alive & ~bit(task); others != 0; others &= others - 1)
            if (std::uint32_t there = all.at[first_of(others)];
                there != places::unknown && (row[there / 64] >> there % 64 & 1) == 0)
                all.conflicts[task] &= ~(others & -others);
    }
    return all;
}

// From a task on, with whoever conflicts with somebody inside, until nobody does.
persistent_sets::choice persistent_sets::choose(std::uint64_t enabled, std::uint64_t alive,
                                                const std::array<std::uint64_t, sim::tasks_max> &positions) const
{
    meeting all = meet(alive, positions);
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
    if (best == alive || (alone && !is_single(best)))
        return {enabled};
    rely_on(all, best);
    return {best & enabled, is_single(best & enabled)};
}

void persistent_sets::rely_on(const meeting &all, std::uint64_t inside) const
{
    for (std::uint64_t rest = inside; rest != 0; rest &= rest - 1) {
        std::uint64_t *row = relied_on + all.at[first_of(rest)] * words_a_place;
        for (std::uint64_t others = all.alive & ~inside; others != 0; others &= others - 1) {
            std::uint32_t there = all.at[first_of(others)];
            std::atomic_ref<std::uint64_t> word(row[there / 64]);
            std::uint64_t mark = std::uint64_t{1} << there % 64;
            if ((word.load(std::memory_order_relaxed) & mark) == 0)
                word.fetch_or(mark, std::memory_order_relaxed);
        }
    }
}

// A bit for each two places, in rows.
std::vector<std::uint64_t> persistent_sets::conflicts_of_places() const
{
    const std::vector<places::place> &all = seen.all();
    std::vector<touched_numbers> own = seen.touched();
    std::vector<touched_numbers> from_there_on = own;
    for (bool more = true; more;) {
        more = false;
        for (std::size_t i = all.size(); i-- > 0;)
            for (std::uint32_t next : all[i].next)
                more = from_there_on[i].add(from_there_on[next]) || more;
    }
    std::size_t words = (all.size() + 63) / 64;
    std::vector<std::uint64_t> result(all.size() * words);
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t other = 0; other < all.size(); ++other)
            if (all[i].task != all[other].task && own[i].conflicts_with(from_there_on[other]))
                result[i * words + other / 64] |= std::uint64_t{1} << other % 64;
    return result;
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

bool persistent_sets::goes_back(const places::place &from, const known_place &now) const
{
    return std::ranges::any_of(from.next,
                               [&](std::uint32_t next) { return next < known.size() && known[next].rank <= now.rank; });
}

// What ends a run depends on everything. And a circle of states in each of which the same task was left out would leave it out
// for ever: one of its steps goes back, and there everybody is tried.
bool persistent_sets::take_effect()
{
    const std::vector<places::place> &all = seen.all();
    std::vector<known_place> known_before = std::exchange(known, std::vector<known_place>(all.size()));
    std::vector<std::uint64_t> conflicting_before = std::exchange(conflicting, conflicts_of_places());
    std::size_t words_before = std::exchange(words_a_place, (all.size() + 63) / 64);
    std::vector<std::uint32_t> rank = ranks();
    for (std::size_t i = 0; i < all.size(); ++i)
        known[i].rank = rank[i];
    for (std::size_t i = 0; i < all.size(); ++i)
        known[i].may_lead = !all[i].ends_run && !goes_back(all[i], known[i]);
    bool matters = known_before.empty();
    for (std::size_t i = 0; i < known_before.size(); ++i) {
        matters = matters || (known_before[i].may_lead && !known[i].may_lead);
        for (std::size_t word = 0; word < words_before; ++word) {
            std::uint64_t old_places = (word + 1) * 64 <= known_before.size() ? ~std::uint64_t{0}
                                                                            : bit(known_before.size() % 64) - 1;
            matters = matters || (conflicting[i * words_a_place + word] & old_places) !=
                                     conflicting_before[i * words_before + word];
        }
    }
    begin_relying(all.size());
    lately.assign(remembered_places, {});
    seen.forget_lessons();
    judged = 0;
    return matters;
}

void persistent_sets::begin_relying(std::size_t places)
{
    if (relied_on != nullptr)
        munmap(relied_on, relied_on_bytes);
    relied_on_bytes = std::max(places * words_a_place, std::size_t{1}) * sizeof(std::uint64_t);
    void *memory = mmap(nullptr, relied_on_bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    sim::require(memory != MAP_FAILED, "there is no memory for the tables of the search");
    relied_on = static_cast<std::uint64_t *>(memory);
}

bool persistent_sets::holds() const
{
    if (seen.learnt().size() == judged)
        return true;
    const std::vector<places::place> &all = seen.all();
    std::vector<std::uint64_t> now = conflicts_of_places();
    std::size_t words = (all.size() + 63) / 64;
    for (std::size_t i = 0; i < known.size(); ++i) {
        const std::uint64_t *row = relied_on + i * words_a_place;
        bool led = std::any_of(row, row + words_a_place, [](std::uint64_t bits) { return bits != 0; });
        if (led && (all[i].ends_run || goes_back(all[i], known[i])))
            return false;
        for (std::size_t word = 0; led && word < words_a_place; ++word)
            if ((row[word] & now[i * words + word]) != 0)
                return false;
    }
    judged = seen.learnt().size();
    return true;
}

std::size_t persistent_sets::bytes() const
{
    return seen.bytes() + conflicting.capacity() * sizeof conflicting[0] + relied_on_bytes;
}

} // namespace interfuse
