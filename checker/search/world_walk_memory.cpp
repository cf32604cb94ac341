// Taking steps that are remembered, and remembering others.
#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#include "checker/search/live_stack.hpp"
#include "checker/search/world_walk.hpp"
#include "sim/fault.hpp"

namespace interfuse {

// What the step would do if it was executed, but for its footprint.
void world_walk::take(unsigned task, const known_step &known)
{
    for (const known_step::store &each : known.stores) {
        if (sim::is_on_a_stack(each.word) && owner_of_stack_word(each.word) == task)
            continue;
        std::uint64_t &word = sim::word_at(each.word);
        changes.push_back({each.word, 0, word});
        word = each.after;
    }
    sim::world &w = sim::the_world();
    w.runnable = (w.runnable | known.woken) & ~known.blocked;
    std::byte *low = reinterpret_cast<std::byte *>(sim::stack_top(task)) - known.stack.size();
    std::memcpy(low, known.stack.data(), known.stack.size());
    w.tasks[task].context = low;
    sim::call_stack &calls = sim::the_run.calls[task];
    calls.depth = static_cast<unsigned>(known.callers.size());
    calls.numbered = 0;
    std::ranges::copy(known.callers, calls.callers.begin());
    words_hash += known.words_change;
    std::size_t from = shared_variables.size();
    shared_variables.insert(shared_variables.end(), known.shared.begin(), known.shared.end());
    memory.find_root(known.stack_hash, known.next);
    change_look(task, {known.stack_hash, known.position, {from, shared_variables.size()}, known.next});
    for (std::uint64_t rest = known.foreign; rest != 0; rest &= rest - 1)
        look_at_stack(static_cast<unsigned>(std::countr_zero(rest)));
}

void world_walk::show_footprint()
{
    if (std::exchange(footprint_is_shown, true))
        return;
    sim::begin_footprint(steps.back().task);
    sim::step_footprint &now = sim::the_footprint;
    for (sim::word_index word : taken->loads) {
        now.loaded[now.loads++] = word;
        now.marks[word] = 1;
    }
    for (const known_step::store &each : taken->stores) {
        std::uint64_t value = sim::word_at(each.word);
        now.stored[now.stores++] = {each.word, 0, each.changes ? ~value : value};
        now.marks[each.word] = each.mark;
    }
    sim::end_footprint();
}

// The step that was taken last.
known_step world_walk::describe(unsigned task, const beginning &before) const
{
    const sim::step_footprint &now = sim::the_footprint;
    const sim::world &w = sim::the_world();
    known_step step;
    step.loads.assign(now.loaded, now.loaded + now.loads);
    for (std::uint32_t i = 0; i < now.stores; ++i) {
        sim::word_index word = now.stored[i].word;
        std::uint64_t after = sim::word_at(word);
        step.stores.push_back({word, now.marks[word], after != now.stored[i].before, after});
        if (sim::is_on_a_stack(word) && owner_of_stack_word(word) != task)
            step.foreign |= std::uint64_t{1} << owner_of_stack_word(word);
    }
    live_stack live = stack_of(task);
    step.stack.assign(live.low, live.low + live.bytes);
    const sim::call_stack &calls = sim::the_run.calls[task];
    step.callers.assign(calls.callers.begin(), calls.callers.begin() + calls.depth);
    step.shared.assign(shared_variables.begin() + static_cast<std::ptrdiff_t>(shared_of[task].from),
                       shared_variables.begin() + static_cast<std::ptrdiff_t>(shared_of[task].to));
    find_replaced(step.replaced);
    step.stack_hash = stack_hashes[task];
    step.words_change = words_hash;
    step.words_change -= steps.back().words_hash;
    step.position = positions[task];
    step.woken = w.runnable & ~before.runnable;
    step.blocked = before.runnable & ~w.runnable;
    return step;
}

// `known`: as it was remembered before, or null.
void world_walk::remember(unsigned task, const beginning &before, const known_step *known)
{
    if (sim::the_run.calls[task].depth > sim::call_depth_max)
        return;
    known_step step = describe(task, before);
    if (known != nullptr) {
        sim::require(*known == step, "a step that was remembered does something else when it is taken again");
        return;
    }
    const sim::step_footprint &now = sim::the_footprint;
    // In the order in which the step came to them. Of a word that it loaded first and stored to later, as it was
    // before. What the task has on its stack, and how deep that is, is known by the stack's hash.
    auto is_own = [&](sim::word_index word) {
        return sim::is_on_a_stack(word) ? owner_of_stack_word(word) == task : is_a_context(word);
    };
    values.clear();
    std::uint32_t stores = 0;
    for (std::uint32_t loads = 0; loads <= now.loads; ++loads) {
        for (; stores < now.stores && now.stored[stores].loads == loads; ++stores) {
            const sim::word_change &stored = now.stored[stores];
            auto loaded = std::ranges::find(values, stored.word, &step_memory::found_value::word);
            if (loaded != values.end())
                loaded->value = stored.before;
            else if (!is_own(stored.word))
                values.push_back({stored.word, stored.before});
        }
        if (loads < now.loads && !is_own(now.loaded[loads]))
            values.push_back({now.loaded[loads], sim::word_at(now.loaded[loads])});
    }
    if (memory.is_full()) {
        if (forgets)
            forgets();
        memory.forget();
    }
    memory.add(before.stack, values, std::move(step));
}

} // namespace interfuse
