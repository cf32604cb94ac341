// The graph of lock classes.
#include "sim/lock_order.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <xxhash.h>

#include "sim/fault.hpp"
#include "sim/held_locks.hpp"
#include "sim/object_name.hpp"
#include "sim/run.hpp"
#include "sim/type_layout.hpp"

namespace sim {

namespace {

// How an edge was seen first in this run.
struct witness {
    unsigned task;
    place held, taken;
    bool possible; // it might have been taken
};

// Taken under a page lock that is still held.
struct under_page {
    const void *page;
    unsigned before, after; // classes
    witness seen;
};

struct cached_class {
    const void *lock;
    unsigned number;
    std::uint32_t age; // the value of `ages` when it was known
};

std::string (*installed_namer)(const void *lock) = nullptr;
std::vector<std::string> class_names; // by number, which depends on the order in which classes came to be
std::array<cached_class, 256> cache;
std::uint32_t ages = 0; // counts the times that an address may have become another lock
std::array<std::uint64_t, lock_classes_max> after; // by class: those that were taken under it
std::array<std::array<witness, lock_classes_max>, lock_classes_max> witnesses;
std::vector<lock_edge> edges;
std::vector<under_page> undecided;

std::uint32_t tasks_left_out; // bit i: task i

std::uint64_t bit(unsigned number)
{
    return std::uint64_t{1} << number;
}

unsigned number_of(const std::string &name)
{
    auto found = std::ranges::find(class_names, name);
    if (found == class_names.end()) {
        require(class_names.size() < lock_classes_max, "there are more classes of locks than can be followed");
        found = class_names.insert(class_names.end(), name);
    }
    return static_cast<unsigned>(found - class_names.begin());
}

unsigned class_of(const void *lock, event_kind kind)
{
    static const unsigned page_lock = number_of("page lock");
    if (kind == event_kind::page_lock)
        return page_lock;
    cached_class &known = cache[reinterpret_cast<std::uintptr_t>(lock) / 8 % cache.size()];
    if (known.lock == lock && known.age == ages)
        return known.number;
    std::string name = installed_namer != nullptr ? installed_namer(lock) : "";
    if (name.empty())
        name = member_around(lock).own;
    if (name.empty()) // perhaps not known yet
        return number_of(name_of_object(lock));
    known = {lock, number_of(name), ages};
    return known.number;
}

std::string text_of(unsigned before, unsigned next)
{
    const witness &seen = witnesses[before][next];
    return fmt::format("{} {} {} in {} while it holds {}, taken in {}", the_world().tasks[seen.task].name,
                       seen.possible ? "may take" : "takes", class_names[next], name_of_place(seen.taken),
                       class_names[before], name_of_place(seen.held));
}

// A chain of edges from one class to another, each class but the last; empty if there is none.
std::vector<unsigned> path_between(unsigned from, unsigned to)
{
    std::vector<unsigned> chain = {from};
    std::uint64_t seen = bit(from);
    while (!chain.empty() && (after[chain.back()] & bit(to)) == 0) {
        std::uint64_t next = after[chain.back()] & ~seen;
        if (next == 0) {
            chain.pop_back();
            continue;
        }
        auto number = static_cast<unsigned>(__builtin_ctzll(next));
        seen |= bit(number);
        chain.push_back(number);
    }
    return chain;
}

// The finding is the same whichever edge closes the cycle.
[[noreturn]] void report_cycle(std::vector<unsigned> chain)
{
    std::vector<std::string> texts, names;
    place where;
    for (std::size_t i = 0; i < chain.size(); ++i) {
        unsigned next = chain[(i + 1) % chain.size()];
        texts.push_back(text_of(chain[i], next));
        names.push_back(class_names[chain[i]]);
        const place &taken = witnesses[chain[i]][next].taken;
        if (i == 0 || std::string_view(taken.function()) < where.function())
            where = taken;
    }
    std::ranges::sort(names);
    report({verdict_kind::violation, "lock_order",
            fmt::format("{}: locks are taken in a circle", fmt::join(texts, ", and ")), where,
            fmt::format("{}", fmt::join(names, ", "))});
}

void add_edge(unsigned before, unsigned next, const witness &seen)
{
    if (before == next || (after[before] & bit(next)) != 0)
        return;
    after[before] |= bit(next);
    witnesses[before][next] = seen;
    auto hash_of = [](const std::string &name) { return XXH3_64bits(name.data(), name.size()); };
    edges.push_back({hash_of(class_names[before]), hash_of(class_names[next])});
    std::vector<unsigned> chain = path_between(next, before);
    if (chain.empty())
        return;
    chain.insert(chain.begin(), before);
    report_cycle(std::move(chain));
}

void take(event_kind kind, const void *taken, const place &where, bool possible)
{
    static const unsigned big_kernel_lock = number_of("the big kernel lock");
    auto held = locks_held_by(current_task());
    if (held.empty() || (tasks_left_out >> current_task() & 1) != 0)
        return;
    unsigned next = class_of(taken, kind);
    if (next == big_kernel_lock)
        return;
    for (const held_lock &lock : held) {
        unsigned before = class_of(lock.object, lock.kind);
        witness seen = {current_task(), lock.where, where, possible};
        if (lock.kind == event_kind::page_lock)
            undecided.push_back({lock.object, before, next, seen});
        else if (before != big_kernel_lock)
            add_edge(before, next, seen);
    }
}

void unlock_page(const void *page)
{
    unsigned self = current_task();
    std::vector<under_page> decided;
    std::erase_if(undecided, [&](const under_page &each) {
        if (each.page == page && each.seen.task == self)
            decided.push_back(each);
        return each.page == page;
    });
    for (const under_page &each : decided)
        add_edge(each.before, each.after, each.seen);
}

} // namespace

void install_lock_namer(std::string (*namer)(const void *lock))
{
    installed_namer = namer;
}

void forget_lock_classes()
{
    ++ages;
}

void begin_lock_order()
{
    forget_lock_classes();
    after.fill(0);
    edges.clear();
    undecided.clear();
    tasks_left_out = 0;
}

lock_orders lock_orders_so_far()
{
    return {{after.begin(), after.end()}, edges};
}

// Who took them stands in `witnesses`: no run overwrites what it knows already.
void go_on_from(const lock_orders &setup)
{
    std::ranges::copy(setup.after, after.begin());
    edges = setup.edges;
}

// A setup may take locks otherwise than a run does, and those who come later run beside what it has started.
static bool counts()
{
    return the_run.now == phase::running || the_run.now == phase::setup;
}

void leave_out_of_order(bool from_now)
{
    std::uint32_t self = std::uint32_t{1} << current_task();
    tasks_left_out = from_now ? tasks_left_out | self : tasks_left_out & ~self;
}

void follow_lock_order(const event &happened)
{
    if (!counts())
        return;
    switch (happened.kind) {
    case event_kind::lock:
    case event_kind::read_lock:
    case event_kind::write_lock:
    case event_kind::page_lock:
        take(happened.kind, happened.object, happened.where, false);
        break;
    case event_kind::page_unlock:
        unlock_page(happened.object);
        break;
    default:
        break;
    }
}

void might_take(event_kind kind, const void *lock, const place &where)
{
    if (counts())
        take(kind, lock, where, true);
}

const std::vector<lock_edge> &lock_edges()
{
    return edges;
}

std::string text_of_lock_edge(const lock_edge &edge)
{
    auto has_hash = [](std::uint64_t hash) {
        return [hash](const std::string &name) { return XXH3_64bits(name.data(), name.size()) == hash; };
    };
    auto before = std::ranges::find_if(class_names, has_hash(edge.before));
    auto next = std::ranges::find_if(class_names, has_hash(edge.after));
    if (before == class_names.end() || next == class_names.end())
        return "";
    return text_of(static_cast<unsigned>(before - class_names.begin()), static_cast<unsigned>(next - class_names.begin()));
}

} // namespace sim
