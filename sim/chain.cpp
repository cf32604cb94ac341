// Adding chains to their table.
#include "sim/chain.hpp"

namespace sim {

std::uint32_t chain_table::add(std::uint32_t slot, std::uint32_t tail, std::uint64_t word)
{
    auto number = static_cast<std::uint32_t>(links.size());
    links.push_back({word, tail});
    slots[slot] = number;
    if (links.size() * 2 > slots.size())
        enlarge();
    return number;
}

void chain_table::enlarge()
{
    slots.assign(slots.size() * 2, 0);
    for (std::uint32_t number = 1; number < links.size(); ++number) {
        std::uint32_t at = static_cast<std::uint32_t>(hash_of(links[number].tail, links[number].word)) & (room() - 1);
        while (slots[at] != 0)
            at = (at + 1) & (room() - 1);
        slots[at] = number;
    }
}

} // namespace sim
