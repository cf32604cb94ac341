// Random choices: uniform ones, and runs in which tasks go on for longer.
#pragma once

#include <cstdint>

#include "sim/choose.hpp"
#include "sim/rng.hpp"

namespace interfuse {

// Run k of a seed is the same whatever runs before it, so jobs and shards can share the runs out as they like.
class random_strategy : public sim::strategy {
public:
    explicit random_strategy(std::uint64_t seed);
    void begin(std::uint64_t run) override;
    unsigned choose(sim::choice_kind kind, unsigned alternatives) override;

private:
    std::uint64_t stream;   // of the seed
    sim::rng numbers;       // of the run
    std::uint32_t stay = 0; // points between preemptions, on average; 0: any runnable task is as likely
};

} // namespace interfuse
