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

const known_step *step_memory::find(const state_key &stack) const
{
    auto root = roots.find(stack.low);
    if (root == roots.end() || root->second.first != stack.high)
        return nullptr;
    const node *here = &nodes[root->second.second];
    for (;;) {
        for (const found_value &each : here->expected)
            if (sim::word_at(each.word) != each.value)
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
    nodes.push_back({{from, to}, static_cast<std::uint32_t>(steps.size()), 0, {}});
    steps.push_back(std::move(step));
    return leaf;
}

// From the expected value with that number on the node decides.
void step_memory::split(std::uint32_t at, std::size_t expected)
{
    used += bytes_of_node;
    auto rest = static_cast<std::uint32_t>(nodes.size());
    nodes.emplace_back();
    node &here = nodes[at], &behind = nodes[rest];
    found_value deciding = here.expected[expected];
    auto cut = here.expected.begin() + static_cast<std::ptrdiff_t>(expected);
    behind.expected.assign(cut + 1, here.expected.end());
    behind.step = std::exchange(here.step, none);
    behind.decides = std::exchange(here.decides, deciding.word);
    behind.next = std::exchange(here.next, {{deciding.value, rest}});
    here.expected.erase(cut, here.expected.end());
}

void step_memory::add(const state_key &stack, const std::vector<found_value> &values, known_step step)
{
    const found_value *value = values.data(), *end = value + values.size();
    auto [root, is_new] = roots.try_emplace(stack.low, stack.high, static_cast<std::uint32_t>(nodes.size()));
    if (is_new) {
        new_leaf(value, end, std::move(step));
        return;
    }
    if (root->second.first != stack.high)
        return;
    for (std::uint32_t at = root->second.second;;) {
        for (std::size_t i = 0; i < nodes[at].expected.size(); ++i, ++value) {
            if (value == end || value->word != nodes[at].expected[i].word)
                return;
            if (value->value != nodes[at].expected[i].value) {
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
    roots.clear();
    nodes.clear();
    steps.clear();
    used = 0;
}

} // namespace interfuse
