// How many different hashes were seen, estimated in constant memory.
#include "checker/search/sketch.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace interfuse {

void sketch::add(std::uint64_t hash)
{
    std::uint8_t &highest = highest_rank[hash >> (64 - index_bits)];
    std::uint64_t rest = (hash << index_bits) | (std::uint64_t{1} << (index_bits - 1));
    highest = std::max(highest, static_cast<std::uint8_t>(std::countl_zero(rest) + 1));
}

void sketch::merge(const sketch &other)
{
    for (std::size_t i = 0; i < highest_rank.size(); ++i)
        highest_rank[i] = std::max(highest_rank[i], other.highest_rank[i]);
}

std::uint64_t sketch::estimate() const
{
    auto registers = static_cast<double>(highest_rank.size());
    double sum = 0;
    unsigned empty = 0;
    for (std::uint8_t rank : highest_rank) {
        sum += std::ldexp(1.0, -rank);
        empty += rank == 0;
    }
    double raw = 0.7213 / (1 + 1.079 / registers) * registers * registers / sum;
    // Few hashes leave registers empty, and then counting those is more exact.
    bool few = raw <= 2.5 * registers && empty > 0;
    return static_cast<std::uint64_t>(std::llround(few ? registers * std::log(registers / empty) : raw));
}

} // namespace interfuse
