// What a search knows a state by: a hash of 64 bits, or of 128.
#pragma once

#include <compare>
#include <cstdint>

namespace interfuse {

// The upper half is 0 where 64 bits are asked for. Sums of keys are keys.
struct state_key {
    std::uint64_t low = 0;
    std::uint64_t high = 0;

    state_key &operator+=(const state_key &other)
    {
        low += other.low;
        high += other.high;
        return *this;
    }
    state_key &operator-=(const state_key &other)
    {
        low -= other.low;
        high -= other.high;
        return *this;
    }
    friend state_key operator+(state_key a, const state_key &b) { return a += b; }
    friend auto operator<=>(const state_key &, const state_key &) = default;
};

} // namespace interfuse
