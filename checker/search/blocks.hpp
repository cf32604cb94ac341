// Blocks of runs, which workers claim one after the other.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>

#include "checker/search/sampling.hpp"

namespace interfuse {

inline constexpr std::uint64_t block_runs = 256;
// A worker that is so many blocks ahead of the slowest waits for it, which bounds what the parent keeps.
inline constexpr std::uint64_t blocks_ahead_max = 1024;

struct block {
    std::uint64_t first; // its first ordinal
    tally sums;
};

// What workers and parent share. Ordinals.
struct shared_progress {
    std::atomic<std::uint64_t> next;    // the first that nobody has claimed
    std::atomic<std::uint64_t> stop_at; // the lowest that ended the search, or the highest number
    std::atomic<std::uint64_t> folded;  // all below are folded
    std::atomic<bool> halt;             // claim no more
};

// A shared_progress that forked processes have in common.
class progress_memory {
public:
    explicit progress_memory(std::uint64_t first);
    ~progress_memory();
    progress_memory(const progress_memory &) = delete;
    progress_memory &operator=(const progress_memory &) = delete;
    shared_progress &operator*() const { return *shared; }

private:
    shared_progress *shared;
};

// Claims blocks and runs them to their ends until there is a reason to stop. A block that contains the finding which
// stops the search ends with that run.
void sample_blocks(runner &on, const sampling &how, shared_progress &shared,
                   const std::function<void(const block &)> &take);

} // namespace interfuse
