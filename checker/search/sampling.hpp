// Sampling runs of one scenario, shared out among processes.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

#include "checker/runner.hpp"
#include "checker/search/tally.hpp"
#include "checker/strategies/strategy.hpp"

namespace interfuse {

struct shard {
    std::uint64_t index = 0; // this part takes the runs whose number modulo count is index
    std::uint64_t count = 1;
};

// The part's runs are numbered through by ordinals.
inline std::uint64_t run_number(const shard &part, std::uint64_t ordinal)
{
    return part.index + ordinal * part.count;
}

struct sampling {
    const named_strategy *strategy = nullptr;
    std::uint64_t seed = 0;
    shard part;
    std::uint64_t first = 0; // ordinals [first, end)
    std::uint64_t end = 0;
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
    unsigned jobs = 1;
    // Whether sampling stops at a finding. Asked in the workers.
    std::function<bool(std::uint64_t fingerprint)> stops = [](std::uint64_t) { return false; };
    // Called now and then with what is known so far.
    std::function<void(const tally &)> progress = [](const tally &) {};
};

struct sampled {
    tally sums; // of the ordinals [first, next), whatever the number of jobs
    std::uint64_t next = 0;
    bool stopped = false; // by a finding, which is that of the last run counted
    std::string error;    // a worker failed: what happened to it
};

// Runs until the end, the deadline, a finding that stops it, or an interruption. Workers are forked with the world in
// place; with one job there are none.
sampled sample(runner &on, const sampling &how);

} // namespace interfuse
