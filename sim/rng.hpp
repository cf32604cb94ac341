// Reproducible random numbers: xoshiro256** seeded by splitmix64 (Blackman and Vigna 2018).
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace sim {

// One step of splitmix64; also serves to derive independent seeds from (seed, run number).
inline std::uint64_t splitmix64(std::uint64_t &state)
{
    std::uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

class rng {
public:
    explicit rng(std::uint64_t seed = 0)
    {
        for (std::uint64_t &word : state)
            word = splitmix64(seed);
    }

    std::uint64_t next()
    {
        std::uint64_t result = std::rotl(state[1] * 5, 7) * 9;
        std::uint64_t shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = std::rotl(state[3], 45);
        return result;
    }

    // A number in [0, n). REQUIRES: n > 0. The bias is below n / 2^32 (Lemire 2019, without the rejection).
    std::uint32_t below(std::uint32_t n) { return ((next() >> 32) * n) >> 32; }

private:
    std::array<std::uint64_t, 4> state;
};

} // namespace sim
