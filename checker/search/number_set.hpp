// A set of small numbers.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace interfuse {

class number_set {
public:
    bool contains(std::uint32_t number) const
    {
        return number / 64 < bits.size() && (bits[number / 64] >> number % 64 & 1) != 0;
    }

    bool empty() const { return bits.empty(); }

    // Whether the set grows.
    bool insert(std::uint32_t number)
    {
        if (bits.size() <= number / 64)
            bits.resize(number / 64 + 1);
        std::uint64_t bit = std::uint64_t{1} << number % 64;
        bool grows = (bits[number / 64] & bit) == 0;
        bits[number / 64] |= bit;
        return grows;
    }

    // In ascending order.
    template <typename Visit> void for_each(Visit visit) const
    {
        for (std::size_t i = 0; i < bits.size(); ++i)
            for (std::uint64_t rest = bits[i]; rest != 0; rest &= rest - 1)
                visit(static_cast<std::uint32_t>(i * 64) + static_cast<std::uint32_t>(std::countr_zero(rest)));
    }

    std::size_t bytes() const { return bits.capacity() * sizeof bits[0]; }

private:
    std::vector<std::uint64_t> bits;
};

} // namespace interfuse
