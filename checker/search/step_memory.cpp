// Finding steps by what they find.
#include "checker/search/step_memory.hpp"

#include <algorithm>

namespace interfuse {

namespace {

constexpr std::size_t bytes_of_node = 128; // with what its containers take

auto place_of_value(auto &next, std::uint64_t value)
{
    return std::ranges::lower_bound(next, value, {}, &std::pair<std::uint64_t, std::uint32_t>::first);
}

} // namespace

std::size_t known_step::bytes() const
{
    return sizeof *this + loads.capacity() * sizeof loads[0] + stores.capacity() * sizeof stores[0] + stack.capacity() +
           callers.capacity() * sizeof callers[0] + shared.capacity() * sizeof shared[0] +
           replaced.capacity() * sizeof replaced[0];
}

void step_memory::find_root(const state_key &stack, step_root &root) const
{
    if (root.node > nodes_forgotten)
        return;
    auto at = roots.find(stack.low);
    root.node = at == roots.end() || at->second.first != stack.high ? 0 : nodes_forgotten + at->second.second + 1;
}

const known_step *step_memory::find(const state_key &stack, step_root &root) const
{
    find_root(stack, root);
    if (root.node == 0)
        return nullptr;
    const node *here = &nodes[root.node - nodes_forgotten - 1];
    for (;;) {
        const found_value *expected = values.data() + here->expected;
        for (const found_value *each = expected; each != expected + here->count; ++each)
            if (sim::word_at(each->word) != each->value)
                return nullptr;
        if (here->step != none)
            return &steps[here->step];
        std::uint64_t value = sim::word_at(here->decides);
        auto way = place_of_value(here->next, value);
        if (way == here->next.end() || way->first != value)
            return nullptr;
        here = &nodes[way->second];
    }
}

std::uint32_t step_memory::new_leaf(const found_value *from, const found_value *to, known_step step)
{
    used += bytes_of_node + static_cast<std::size_t>(to - from) * sizeof *from + step.bytes();
    auto leaf = static_cast<std::uint32_t>(nodes.size());
    nodes.push_back({static_cast<std::uint32_t>(values.size()), static_cast<std::uint32_t>(to - from),
                     static_cast<std::uint32_t>(steps.size()), 0, {}});
    values.insert(values.end(), from, to);
    steps.push_back(std::move(step));
    return leaf;
}

// From the expected value with that number on the node decides.
void step_memory::split(std::uint32_t at, std::uint32_t expected)
{
    used += bytes_of_node;
    auto rest = static_cast<std::uint32_t>(nodes.size());
    nodes.emplace_back();
    node &here = nodes[at], &behind = nodes[rest];
    found_value deciding = values[here.expected + expected];
    behind.expected = here.expected + expected + 1;
    behind.count = here.count - expected - 1;
    here.count = expected;
    behind.step = std::exchange(here.step, none);
    behind.decides = std::exchange(here.decides, deciding.word);
    behind.next = std::exchange(here.next, {{deciding.value, rest}});
}

void step_memory::add(const state_key &stack, const std::vector<found_value> &found, known_step step)
{
    if (steps.size() >= numbers_max - forgotten)
        return;
    const found_value *value = found.data(), *end = value + found.size();
    auto [root, is_new] = roots.try_emplace(stack.low, stack.high, static_cast<std::uint32_t>(nodes.size()));
    if (is_new) {
        new_leaf(value, end, std::move(step));
        return;
    }
    if (root->second.first != stack.high)
        return;
    for (std::uint32_t at = root->second.second;;) {
        for (std::uint32_t i = 0; i < nodes[at].count; ++i, ++value) {
            const found_value &expected = values[nodes[at].expected + i];
            if (value == end || value->word != expected.word)
                return;
            if (value->value != expected.value) {
                split(at, i);
                break;
            }
        }
        if (nodes[at].step != none || value == end || value->word != nodes[at].decides)
            return;
        auto way = place_of_value(nodes[at].next, value->value);
        if (way == nodes[at].next.end() || way->first != value->value) {
            std::uint32_t leaf = new_leaf(value + 1, end, std::move(step));
            std::vector<std::pair<std::uint64_t, std::uint32_t>> &next = nodes[at].next;
            next.insert(place_of_value(next, value->value), {value->value, leaf});
            return;
        }
        at = way->second;
        ++value;
    }
}

void step_memory::forget()
{
    forgotten += static_cast<std::uint32_t>(steps.size());
    nodes_forgotten += static_cast<std::uint32_t>(nodes.size());
    roots.clear();
    nodes.clear();
    values.clear();
    steps.clear();
    used = 0;
}

} // namespace interfuse
