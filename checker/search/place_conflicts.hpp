// Which steps have nothing to do with what others may still do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "checker/search/places.hpp"

namespace interfuse {

// A bit for each two places, in rows.
struct place_pairs {
    std::size_t words_a_row = 0;
    std::vector<std::uint64_t> bits;

    explicit place_pairs(std::size_t places = 0) : words_a_row((places + 63) / 64), bits(places * words_a_row) {}
    const std::uint64_t *row(std::size_t place) const { return bits.data() + place * words_a_row; }
    bool has(std::size_t place, std::size_t other) const { return (row(place)[other / 64] >> other % 64 & 1) != 0; }
    void insert(std::size_t place, std::size_t other)
    {
        bits[place * words_a_row + other / 64] |= std::uint64_t{1} << other % 64;
    }
};

// By place, how late it comes: a place that may lead has mostly places of a higher rank behind it, and others that may not.
struct place_order {
    std::vector<std::uint32_t> rank;
    std::vector<bool> may_lead; // in a set that leaves others out
};

// A step from the one place, which may lead, may conflict with what the task of the other place does from there on. That is: with
// a word that the other one was seen to touch from where it stood then, and that it was also seen to touch while the first one's
// task stood where the step leads, or where further steps lead that it may take by itself meanwhile, as they conflict with nothing
// either. Words that tasks wait for count always: whoever waits does not touch them.
place_pairs conflicts_of_places(const places &seen, const place_order &order);

} // namespace interfuse
