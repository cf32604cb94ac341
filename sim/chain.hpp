// Chains of words that share their tails: call stacks and sets of held locks, each known by one number.
#pragma once

#include <cstdint>
#include <vector>

namespace sim {

// Equal chains have equal numbers; 0 is the empty one. A number stays good as long as the table. Numbers depend on the order in
// which chains came to be, so nothing that is shown may.
class chain_table {
public:
    // The chain with one more word in front.
    std::uint32_t extend(std::uint32_t tail, std::uint64_t word)
    {
        std::uint32_t at = static_cast<std::uint32_t>(hash_of(tail, word)) & (room() - 1);
        while (slots[at] != 0) {
            const link &known = links[slots[at]];
            if (known.tail == tail && known.word == word)
                return slots[at];
            at = (at + 1) & (room() - 1);
        }
        return add(at, tail, word);
    }
    // Of a chain that is not empty.
    std::uint64_t word_of(std::uint32_t chain) const { return links[chain].word; }
    std::uint32_t tail_of(std::uint32_t chain) const { return links[chain].tail; }

private:
    struct link {
        std::uint64_t word;
        std::uint32_t tail;
    };

    static std::uint64_t hash_of(std::uint32_t tail, std::uint64_t word)
    {
        std::uint64_t mixed = (word ^ static_cast<std::uint64_t>(tail) << 40) * 0x9e3779b97f4a7c15;
        return mixed ^ mixed >> 32;
    }
    std::uint32_t room() const { return static_cast<std::uint32_t>(slots.size()); }
    std::uint32_t add(std::uint32_t slot, std::uint32_t tail, std::uint64_t word);
    void enlarge();

    std::vector<link> links = {{0, 0}};
    std::vector<std::uint32_t> slots = std::vector<std::uint32_t>(1024); // by hash; 0: free. A power of two
};

} // namespace sim
