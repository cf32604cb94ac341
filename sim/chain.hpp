// Chains of words that share their tails: call stacks and sets of held locks, each known by one number.
#pragma once

#include <cstdint>
#include <vector>

namespace sim {

// Numbers are good until the list forgets them; 0 is the empty chain. Equal chains need not have equal numbers.
class chain_list {
public:
    // The chain with one more word in front.
    std::uint32_t extend(std::uint32_t tail, std::uint64_t word)
    {
        links.push_back({word, tail});
        return static_cast<std::uint32_t>(links.size() - 1);
    }
    void forget() { links.resize(1); }
    // Of a chain that is not empty.
    std::uint64_t word_of(std::uint32_t chain) const { return links[chain].word; }
    std::uint32_t tail_of(std::uint32_t chain) const { return links[chain].tail; }

private:
    struct link {
        std::uint64_t word;
        std::uint32_t tail;
    };
    std::vector<link> links = {{0, 0}};
};

} // namespace sim
