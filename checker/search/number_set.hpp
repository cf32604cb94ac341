// A set of small numbers.
#pragma once

#include <algorithm>
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

    void add(std::uint32_t number)
    {
        if (bits.size() <= number / 64)
            bits.resize(number / 64 + 1);
        bits[number / 64] |= std::uint64_t{1} << number % 64;
    }

    // Whether the set grows.
    bool add(const number_set &more)
    {
        bool grows = false;
        if (bits.size() < more.bits.size())
            bits.resize(more.bits.size());
        for (std::size_t i = 0; i < more.bits.size(); ++i) {
            grows = grows || (more.bits[i] & ~bits[i]) != 0;
            bits[i] |= more.bits[i];
        }
        return grows;
    }

    bool meets(const number_set &other) const
    {
        std::size_t common = std::min(bits.size(), other.bits.size());
        for (std::size_t i = 0; i < common; ++i)
            if ((bits[i] & other.bits[i]) != 0)
                return true;
        return false;
    }

private:
    std::vector<std::uint64_t> bits;
};

} // namespace interfuse
