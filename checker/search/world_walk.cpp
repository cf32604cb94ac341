// Steps forward and back.
#include "checker/search/world_walk.hpp"

#include <algorithm>
#include <bit>
#include <climits>
#include <cstring>

#include <xxhash.h>

#include "checker/search/live_stack.hpp"
#include "sim/dead_frames.hpp"
#include "sim/fault.hpp"
#include "sim/shadow.hpp"

extern "C" const char __executable_start;
extern "C" const char etext;

namespace interfuse {

namespace {

using sim::first_shadow_word;
using sim::first_stack_word;
using sim::is_on_a_stack;

constexpr unsigned nobody = UINT_MAX;

state_key hash_of_bytes(const void *from, std::size_t bytes, bool wide)
{
    if (!wide)
        return {XXH3_64bits(from, bytes), 0};
    XXH128_hash_t hash = XXH3_128bits(from, bytes);
    return {hash.low64, hash.high64};
}

// For each number another bijection (the finalizer of splitmix64). A seed of XXH3's own costs as much as a short hash.
std::uint64_t mixed(std::uint64_t hash, std::uint64_t number)
{
    hash ^= number * 0x9e3779b97f4a7c15;
    hash = (hash ^ hash >> 30) * 0xbf58476d1ce4e5b9;
    hash = (hash ^ hash >> 27) * 0x94d049bb133111eb;
    return hash ^ hash >> 31;
}

bool is_code(std::uint64_t word)
{
    auto low = reinterpret_cast<std::uintptr_t>(&__executable_start);
    return word - low < reinterpret_cast<std::uintptr_t>(&etext) - low;
}

} // namespace

// Of a word that is zero nothing is counted, so that memory which nobody has used yet needs no visit.
state_key world_walk::hash_of_word(sim::word_index word, std::uint64_t value) const
{
    if (value == 0)
        return {};
    std::uint64_t both[] = {word, value};
    return hash_of_bytes(both, sizeof both, wide);
}

state_key world_walk::sum_of_words(sim::word_index from, sim::word_index to) const
{
    state_key sum;
    for (sim::word_index word = from; word < to; ++word)
        if (!is_a_context(word))
            sum += hash_of_word(word, sim::word_at(word));
    return sum;
}

state_key world_walk::sum_of_heap_and_shadow() const
{
    const sim::world &w = sim::the_world();
    state_key sum = sum_of_words(first_word, static_cast<sim::word_index>((w.heap_used + 7) / 8)) +
                    hash_of_word(sim::word_of(&w.heap_used), w.heap_used);
    if (w.shadowed)
        sum += sum_of_words(first_shadow_word, sim::words_of_arena);
    return sum;
}

state_key world_walk::hash_of_stack(unsigned task) const
{
    live_stack live = stack_of(task);
    if (live.bytes == 0)
        return {};
    state_key hash = hash_of_bytes(live.low, live.bytes, wide);
    return {mixed(hash.low, task + 1), wide ? mixed(hash.high, task + 1) : 0};
}

world_walk::world_walk(bool wide, const step_script *script) : wide(wide), script(script)
{
    sim::require(sim::fakes_are_watched, "the search needs an executable whose fakes are watched");
    sim::world &w = sim::the_world();
    // Beyond the heap's end all words are zero, here and whenever a step is taken back.
    std::memset(reinterpret_cast<std::byte *>(sim::arena_base) + w.heap_used, 0, sim::heap_bytes - w.heap_used);
    sim::settle_stores();
    sim::forget_footprints();
    words_hash = sum_of_heap_and_shadow();
    look_at_all_stacks();
}

state_key world_walk::hash_from_scratch() const
{
    state_key sum = sum_of_heap_and_shadow();
    for (unsigned task = 0; task < sim::the_world().task_count; ++task)
        sum += hash_of_stack(task);
    return sum;
}

state_key world_walk::hash_without_stack_data() const
{
    unsigned tasks = sim::the_world().task_count;
    return words_hash + hash_of_bytes(positions.data(), tasks * sizeof positions[0], wide);
}

state_key world_walk::hash_of_places() const
{
    std::uint64_t able = enabled();
    return hash_of_bytes(positions.data(), sim::the_world().task_count * sizeof positions[0], wide) +
           hash_of_bytes(&able, sizeof able, wide);
}

std::uint64_t world_walk::enabled() const
{
    const sim::world &w = sim::the_world();
    std::uint64_t enabled = w.runnable;
    for (std::uint64_t rest = enabled; rest != 0; rest &= rest - 1) {
        const sim::task &t = w.tasks[static_cast<unsigned>(std::countr_zero(rest))];
        if (t.gate != nullptr && *t.gate != 0)
            enabled &= ~(rest & -rest);
    }
    return enabled;
}

std::uint64_t world_walk::alive() const
{
    const sim::world &w = sim::the_world();
    std::uint64_t tasks = 0;
    for (unsigned task = 0; task < w.task_count; ++task)
        tasks |= std::uint64_t{w.tasks[task].status != sim::task_status::ended} << task;
    return tasks;
}

std::size_t world_walk::bytes() const
{
    return raw.capacity() + changes.capacity() * sizeof changes[0] + steps.capacity() * sizeof steps[0] +
           stacks.capacity() * sizeof stacks[0] + shared_variables.capacity() * sizeof shared_variables[0] +
           memory.bytes();
}

// The header, the task's stack and saved stack pointer, and its calls: what a step changes and no footprint lists.
void world_walk::save(unsigned task)
{
    live_stack live = stack_of(task);
    const sim::call_stack &calls = sim::the_run.calls[task];
    std::size_t calls_bytes =
        offsetof(sim::call_stack, callers) + std::min(calls.depth, sim::call_depth_max) * sizeof calls.callers[0];
    steps.push_back({task, changes.size(), stacks.size(), shared_variables.size(), raw_used, words_hash});
    ++steps_by[task];
    std::size_t needed = header_bytes + sizeof live.low + live.bytes + calls_bytes;
    if (raw.size() < raw_used + needed)
        raw.resize(std::max(raw_used + needed, raw.size() * 3 / 2));
    std::byte *to = raw.data() + raw_used;
    auto put = [&to](const void *from, std::size_t bytes) {
        std::memcpy(to, from, bytes);
        to += bytes;
    };
    put(&sim::the_world(), header_bytes);
    put(&live.low, sizeof live.low);
    put(live.low, live.bytes);
    put(&calls, calls_bytes);
    raw_used += needed;
}

bool world_walk::step(unsigned task)
{
    save(task);
    bool may_be_known = remembers();
    const known_step *known = may_be_known ? memory.find(stack_hashes[task], roots[task]) : nullptr;
    last_known = known != nullptr ? memory.number_of(*known) : 0;
    replaced_are_found = false;
    footprint_is_shown = known == nullptr || checks_memory;
    taken = footprint_is_shown ? nullptr : known;
    if (taken != nullptr) {
        take(task, *taken);
        return true;
    }
    const sim::world &w = sim::the_world();
    beginning before{stack_hashes[task], w.runnable};
    unsigned task_count = w.task_count;
    sim::begin_footprint(task);
    bool goes_on = sim::take_step(task);
    sim::settle_stores();
    sim::end_footprint();
    account_for(task);
    bool is_plain = goes_on && may_be_known && script->used == 0 && w.task_count == task_count &&
                    w.tasks[task].status != sim::task_status::ended;
    if (is_plain)
        remember(task, before, known);
    sim::require(is_plain || known == nullptr, "a step that was remembered goes another way when it is taken again");
    return goes_on;
}

const std::vector<lesson> &world_walk::learnt()
{
    for (; foreign_told < sim::the_footprint.foreign_words; ++foreign_told)
        fresh.push_back({lesson_kind::shared_word, 0, sim::the_footprint.foreign[foreign_told]});
    return fresh;
}

void world_walk::learn(const lesson &elsewhere)
{
    if (!sim::is_shared(static_cast<sim::word_index>(elsewhere.a)))
        fresh.push_back(elsewhere);
}

void world_walk::take_effect()
{
    for (const lesson &each : learnt())
        sim::share_stack_word(static_cast<sim::word_index>(each.a));
    fresh.clear();
    memory.forget();
    look_at_all_stacks();
}

const std::vector<sim::word_index> &world_walk::replaced()
{
    if (taken != nullptr)
        return taken->replaced;
    if (!replaced_are_found)
        find_replaced(last_replaced);
    replaced_are_found = true;
    return last_replaced;
}

void world_walk::find_replaced(std::vector<sim::word_index> &into) const
{
    into.clear();
    unsigned task = steps.back().task;
    auto looked = std::ranges::find(stacks.begin() + static_cast<std::ptrdiff_t>(steps.back().stacks), stacks.end(),
                                    task, &stack_change::task);
    // Both pieces begin at the outermost call, from which on they are the same for a while.
    piece before = looked->before.shared, now = shared_of[task];
    for (; before.from < before.to; ++before.from) {
        const shared_variable &old = shared_variables[before.from];
        while (now.from < now.to && shared_variables[now.from].word > old.word)
            ++now.from;
        if (now.from == now.to || shared_variables[now.from].word != old.word ||
            shared_variables[now.from].calls != old.calls)
            into.push_back(old.word);
    }
}

void world_walk::save_all()
{
    all.save();
    auto calls = sim::the_run.calls.begin();
    all_calls.assign(calls, calls + sim::the_world().task_count);
}

void world_walk::restore_all()
{
    std::size_t used = sim::the_world().heap_used;
    all.restore();
    std::ranges::copy(all_calls, sim::the_run.calls.begin());
    const sim::world &w = sim::the_world();
    if (used > w.heap_used)
        std::memset(reinterpret_cast<std::byte *>(sim::arena_base) + w.heap_used, 0, used - w.heap_used);
}

// Its hash, and what the words on it tell that hold addresses of code: the calls that it consists of, and where they go
// on.
world_walk::look world_walk::look_of(unsigned task)
{
    live_stack live = stack_of(task);
    bool lists = sim::the_footprint.shared_words != 0;
    look found{hash_of_stack(task), 0, {shared_variables.size(), 0}, {}};
    sim::word_index word = sim::word_of(sim::stack_top(task));
    for (std::size_t i = live.bytes / 8; i-- > 0;) {
        std::uint64_t value;
        std::memcpy(&value, live.low + i * 8, 8);
        --word;
        if (is_code(value))
            found.position = (std::rotl(found.position, 5) ^ value) * 0x9e3779b97f4a7c15;
        else if (lists && sim::is_shared(word))
            shared_variables.push_back({word, found.position});
    }
    found.shared.to = shared_variables.size();
    found.position = position_of_other(found.position, nobody, task);
    return found;
}

void world_walk::look_at_all_stacks()
{
    sim::require(steps.empty(), "a search looks at all stacks behind its first step");
    shared_variables.clear();
    stacks_hash = {};
    for (unsigned task = 0; task < sim::the_world().task_count; ++task) {
        look now = look_of(task);
        stack_hashes[task] = now.hash;
        positions[task] = now.position;
        shared_of[task] = now.shared;
        roots[task] = now.root;
        stacks_hash += now.hash;
    }
}

void world_walk::look_at_stack(unsigned task)
{
    change_look(task, look_of(task));
}

void world_walk::change_look(unsigned task, const look &now)
{
    stacks.push_back({task, {stack_hashes[task], positions[task], shared_of[task], roots[task]}});
    stacks_hash -= stack_hashes[task];
    stacks_hash += now.hash;
    stack_hashes[task] = now.hash;
    positions[task] = now.position;
    shared_of[task] = now.shared;
    roots[task] = now.root;
}

void world_walk::account_for(unsigned task)
{
    const sim::step_footprint &now = sim::the_footprint;
    std::uint64_t foreign = 0;
    for (std::uint32_t i = 0; i < now.stores; ++i) {
        auto [word, loads, before] = now.stored[i];
        if (is_on_a_stack(word) && owner_of_stack_word(word) == task)
            continue;
        changes.push_back(now.stored[i]);
        std::uint64_t after = sim::word_at(word);
        if (after == before)
            continue;
        if (is_on_a_stack(word)) {
            foreign |= std::uint64_t{1} << owner_of_stack_word(word);
        } else {
            words_hash += hash_of_word(word, after);
            words_hash -= hash_of_word(word, before);
        }
    }
    for (foreign |= std::uint64_t{1} << task; foreign != 0; foreign &= foreign - 1)
        look_at_stack(static_cast<unsigned>(std::countr_zero(foreign)));
}

void world_walk::back()
{
    const step_taken &last = steps.back();
    --steps_by[last.task];
    for (; changes.size() > last.changes; changes.pop_back())
        sim::word_at(changes.back().word) = changes.back().before;
    for (; stacks.size() > last.stacks; stacks.pop_back()) {
        const auto &[task, before] = stacks.back();
        stacks_hash += before.hash;
        stacks_hash -= stack_hashes[task];
        stack_hashes[task] = before.hash;
        positions[task] = before.position;
        shared_of[task] = before.shared;
        roots[task] = before.root;
    }
    shared_variables.resize(last.shared);
    words_hash = last.words_hash;
    const std::byte *from = raw.data() + last.raw;
    auto take = [&from](void *to, std::size_t bytes) {
        std::memcpy(to, from, bytes);
        from += bytes;
    };
    sim::world &w = sim::the_world();
    take(&w, header_bytes);
    std::byte *low = nullptr;
    take(&low, sizeof low);
    w.tasks[last.task].context = low;
    take(low, static_cast<std::size_t>(sim::stack_top(last.task) - low));
    sim::call_stack &calls = sim::the_run.calls[last.task];
    std::memcpy(&calls.depth, from, sizeof calls.depth);
    take(&calls,
         offsetof(sim::call_stack, callers) + std::min(calls.depth, sim::call_depth_max) * sizeof calls.callers[0]);
    raw_used = last.raw;
    steps.pop_back();
    sim::forget_stores();
    sim::the_memory_watch.suspects = false;
}

} // namespace interfuse
