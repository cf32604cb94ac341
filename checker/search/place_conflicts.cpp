// Conflicts of places, for two tasks at a time.
#include "checker/search/place_conflicts.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <numeric>
#include <unordered_map>

#include "sim/rng.hpp"

namespace interfuse {

namespace {

using indices = std::vector<std::uint32_t>;

constexpr std::uint32_t none = UINT32_MAX;

// The words that two tasks may conflict on, by their number in `places`, or `none`. Those that are touched from the same places in
// the same ways, as the bytes that are copied in one loop, count as one, so there are few, and they have no gaps. That loses nothing:
// what is asked is whether there is such a word, so they need not be told apart by what was seen beside other places either.
struct words_of_two {
    std::vector<std::uint32_t> of;
    std::uint32_t count = 0;
};

// For each two tasks. A set of words has three parts of `width` words: those that are read, changed and counted.
class conflicts_of_two {
public:
    conflicts_of_two(const places &seen, const place_order &order, const indices &own, const indices &others,
                     const words_of_two &words, const number_set &gates)
        : seen(seen), order(order), own(own), others(others), width((words.count + 63) / 64), size(3 * width),
          dense(words.of), place_in_list(seen.all().size()), ahead(own.size() * others.size() * size)
    {
        for (const indices *list : {&own, &others})
            for (std::uint32_t i = 0; i < list->size(); ++i)
                place_in_list[(*list)[i]] = i;
        gate_words.assign(size, 0);
        for (unsigned part = 0; part < 3; ++part)
            put(gates, part, gate_words.data());
        for (std::uint32_t place : others) {
            their_words.resize(their_words.size() + size);
            put_all(seen.all()[place].touched, their_words.data() + their_words.size() - size);
        }
        in_turn.resize(others.size());
        std::iota(in_turn.begin(), in_turn.end(), 0);
        std::ranges::sort(in_turn, std::greater(), [&](std::uint32_t j) { return order.rank[others[j]]; });
        goes_back = std::ranges::any_of(others, [&](std::uint32_t place) {
            return std::ranges::any_of(seen.all()[place].next,
                                       [&](std::uint32_t next) { return order.rank[next] <= order.rank[place]; });
        });
        their_future = their_words;
        spread(their_future.data());
    }

    void find(place_pairs &conflicts)
    {
        std::vector<std::uint64_t> beside(size), step(size), behind(size);
        for (std::uint32_t i = 0; i < own.size(); ++i) {
            const places::place &here = seen.all()[own[i]];
            beside = gate_words;
            put_beside(here, beside.data());
            continuation behind_it = continue_from(i);
            std::ranges::fill(step, 0);
            put_all(here.touched, step.data());
            bool matters = std::ranges::any_of(step, [](std::uint64_t bits) { return bits != 0; });
            for (std::uint32_t j = 0; j < others.size(); ++j) {
                std::uint64_t *now = ahead_of(i, j);
                for (std::size_t k = 0; k < size; ++k)
                    now[k] = their_words[j * size + k] & beside[k];
                if (!order.may_lead[own[i]])
                    continue;
                const std::uint64_t *after = behind_of(behind_it, j, behind);
                if (matters && conflict(step.data(), after))
                    conflicts.insert(own[i], others[j]);
                else
                    add(now, after);
            }
            spread(ahead_of(i, 0));
        }
    }

private:
    std::uint64_t *ahead_of(std::size_t i, std::size_t j) { return ahead.data() + (i * others.size() + j) * size; }

    struct continuation;

    // What the other task may touch behind the step of the first one, from its place j on.
    const std::uint64_t *behind_of(const continuation &step, std::uint32_t j, std::vector<std::uint64_t> &scratch)
    {
        if (step.known.size() == 1 && step.beside_others.empty())
            return ahead_of(step.known.front(), j);
        std::ranges::fill(scratch, 0);
        for (std::uint32_t k : step.known)
            add(scratch.data(), ahead_of(k, j));
        for (std::size_t k = 0; k < step.beside_others.size(); ++k)
            scratch[k] |= their_future[j * size + k] & step.beside_others[k];
        return scratch.data();
    }

    void add(std::uint64_t *into, const std::uint64_t *more) const
    {
        for (std::size_t k = 0; k < size; ++k)
            into[k] |= more[k];
    }

    void put(const number_set &from, unsigned part, std::uint64_t *into) const
    {
        from.for_each([&](std::uint32_t number) {
            if (std::uint32_t bit = dense[number]; bit != none)
                into[part * width + bit / 64] |= std::uint64_t{1} << bit % 64;
        });
    }

    void put_all(const touched_numbers &from, std::uint64_t *into) const
    {
        put(from.read, 0, into);
        put(from.changed, 1, into);
        put(from.counted, 2, into);
    }

    bool unite(std::uint64_t *into, const std::uint64_t *more) const
    {
        std::uint64_t fresh = 0;
        for (std::size_t k = 0; k < size; ++k) {
            fresh |= more[k] & ~into[k];
            into[k] |= more[k];
        }
        return fresh != 0;
    }

    // Where steps from that place lead. To what was dealt with, then it is known what the other task may touch beside
    // what comes there. Or back, and that depends on this: then whatever it may touch beside any place on the way to
    // what was dealt with.
    struct continuation {
        indices known;
        std::vector<std::uint64_t> beside_others; // empty if all of it is known
    };

    continuation continue_from(std::uint32_t start)
    {
        continuation found;
        std::vector<bool> reached(own.size());
        indices open;
        auto go_on = [&](const places::place &from) {
            for (std::uint32_t next : from.next)
                if (std::uint32_t k = place_in_list[next]; !reached[k]) {
                    reached[k] = true;
                    (k < start ? found.known : open).push_back(k);
                }
        };
        go_on(seen.all()[own[start]]);
        if (!open.empty())
            found.beside_others = gate_words;
        while (!open.empty()) {
            const places::place &here = seen.all()[own[open.back()]];
            open.pop_back();
            put_beside(here, found.beside_others.data());
            go_on(here);
        }
        return found;
    }

    void put_beside(const places::place &here, std::uint64_t *into) const
    {
        if (unsigned their_task = seen.all()[others.front()].task; their_task < here.beside.size())
            put_all(here.beside[their_task], into);
    }

    // In one order or the other something differs.
    bool conflict(const std::uint64_t *a, const std::uint64_t *b) const
    {
        for (std::size_t k = 0; k < width; ++k) {
            std::uint64_t read = a[k], changed = a[width + k], counted = a[2 * width + k];
            if ((changed & (b[k] | b[width + k] | b[2 * width + k])) != 0 ||
                (read & (b[width + k] | b[2 * width + k])) != 0 || (counted & (b[width + k] | b[k])) != 0)
                return true;
        }
        return false;
    }

    // From each place of the other task to those from which it is reached; that is done at once, unless steps go back.
    void spread(std::uint64_t *words) const
    {
        for (bool more = true; more;) {
            more = false;
            for (std::uint32_t j : in_turn)
                for (std::uint32_t next : seen.all()[others[j]].next)
                    more = unite(words + j * size, words + place_in_list[next] * size) || more;
            more = more && goes_back;
        }
    }

    const places &seen;
    const place_order &order;
    const indices &own; // the later ones first
    const indices &others;
    const std::size_t width, size;
    const std::vector<std::uint32_t> &dense;
    indices place_in_list; // of its task
    indices in_turn;       // of the other task's places, the later ones first
    bool goes_back;        // a step of the other task to an earlier one
    std::vector<std::uint64_t> gate_words, their_words;
    std::vector<std::uint64_t> their_future; // their words from each of their places on
    std::vector<std::uint64_t> ahead;        // what the other task may touch, by both places
};

// Those from which nobody leads have nobody else's behind them, the others only later ones.
std::array<indices, sim::tasks_max> by_task(const places &seen, const place_order &order)
{
    std::array<indices, sim::tasks_max> lists;
    indices all(seen.all().size());
    std::iota(all.begin(), all.end(), 0);
    auto turn = [&](std::uint32_t place) { return order.may_lead[place] ? order.rank[place] : UINT32_MAX; };
    std::ranges::stable_sort(all, [&](std::uint32_t a, std::uint32_t b) { return turn(a) > turn(b); });
    for (std::uint32_t place : all)
        lists[seen.all()[place].task].push_back(place);
    return lists;
}

// What a task touches from any of its places.
touched_numbers touched_from(const places &seen, const indices &list)
{
    touched_numbers found;
    for (std::uint32_t place : list)
        for (lesson_kind how : touched_numbers::all_ways)
            seen.all()[place].touched.of(how).for_each([&](std::uint32_t number) { found.of(how).insert(number); });
    return found;
}

bool conflict_on(std::uint32_t number, const touched_numbers &a, const touched_numbers &b)
{
    bool read[] = {a.read.contains(number), b.read.contains(number)};
    bool changed[] = {a.changed.contains(number), b.changed.contains(number)};
    bool counted[] = {a.counted.contains(number), b.counted.contains(number)};
    for (unsigned one = 0; one < 2; ++one) {
        unsigned other = 1 - one;
        if ((changed[one] && (read[other] || changed[other] || counted[other])) || (counted[one] && read[other]))
            return true;
    }
    return false;
}

// Each set that holds such a word adds a number of its own to the word's signature.
words_of_two number_words(const places &seen, const indices &own, const indices &others, const number_set &matter)
{
    std::vector<std::uint64_t> signature(seen.numbers());
    std::uint64_t state = 1;
    for (const indices *list : {&own, &others})
        for (std::uint32_t place : *list)
            for (lesson_kind how : touched_numbers::all_ways) {
                std::uint64_t of_set = sim::splitmix64(state);
                seen.all()[place].touched.of(how).for_each([&](std::uint32_t number) { signature[number] += of_set; });
            }
    words_of_two words{std::vector<std::uint32_t>(seen.numbers(), none)};
    std::unordered_map<std::uint64_t, std::uint32_t> known;
    matter.for_each([&](std::uint32_t number) {
        words.of[number] = known.try_emplace(signature[number], static_cast<std::uint32_t>(known.size())).first->second;
    });
    words.count = static_cast<std::uint32_t>(known.size());
    return words;
}

} // namespace

place_pairs conflicts_of_places(const places &seen, const place_order &order)
{
    place_pairs conflicts(seen.all().size());
    std::array<indices, sim::tasks_max> lists = by_task(seen, order);
    std::array<touched_numbers, sim::tasks_max> touched;
    for (unsigned task = 0; task < sim::tasks_max; ++task)
        touched[task] = touched_from(seen, lists[task]);
    number_set contended = seen.contended(), gates = seen.gates();
    for (unsigned task = 0; task < sim::tasks_max; ++task)
        for (unsigned other = 0; other < sim::tasks_max; ++other) {
            if (task == other || lists[task].empty() || lists[other].empty())
                continue;
            number_set matter;
            contended.for_each([&](std::uint32_t number) {
                if (conflict_on(number, touched[task], touched[other]))
                    matter.insert(number);
            });
            if (matter.empty())
                continue;
            words_of_two words = number_words(seen, lists[task], lists[other], matter);
            conflicts_of_two(seen, order, lists[task], lists[other], words, gates).find(conflicts);
        }
    return conflicts;
}

} // namespace interfuse
