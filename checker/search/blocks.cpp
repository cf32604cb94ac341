// Claiming and running blocks.
#include "checker/search/blocks.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <new>

#include <sys/mman.h>
#include <unistd.h>

#include "checker/search/interruption.hpp"
#include "sim/fault.hpp"

namespace interfuse {

progress_memory::progress_memory(std::uint64_t first)
{
    static_assert(std::atomic<std::uint64_t>::is_always_lock_free, "processes share it");
    void *memory = mmap(nullptr, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sim::require(memory != MAP_FAILED, "no memory to share with workers");
    shared = new (memory) shared_progress{first, std::numeric_limits<std::uint64_t>::max(), first, false};
}

progress_memory::~progress_memory()
{
    munmap(shared, sizeof *shared);
}

namespace {

void lower(std::atomic<std::uint64_t> &bound, std::uint64_t to)
{
    std::uint64_t now = bound;
    while (to < now && !bound.compare_exchange_weak(now, to)) {
    }
}

bool may_claim(const sampling &how, const shared_progress &shared)
{
    return !shared.halt && interruption() == 0 && std::chrono::steady_clock::now() < how.deadline;
}

void run_block(runner &on, const sampling &how, shared_progress &shared, sim::strategy &chooser, std::uint64_t salt,
               block &into)
{
    std::uint64_t end = std::min(into.first + block_runs, how.end);
    for (std::uint64_t ordinal = into.first; ordinal < end && ordinal <= shared.stop_at; ++ordinal) {
        std::uint64_t number = run_number(how.part, ordinal);
        run_result result = on.run(chooser, number);
        into.sums.add_run(number, result, salt);
        if (result.fingerprint != 0 && how.stops(result.fingerprint))
            lower(shared.stop_at, ordinal);
    }
}

} // namespace

void sample_blocks(runner &on, const sampling &how, shared_progress &shared,
                   const std::function<void(const block &)> &take)
{
    std::unique_ptr<sim::strategy> chooser = how.strategy->make(how.seed);
    std::uint64_t salt = salt_of(on.setup().which->name);
    while (may_claim(how, shared)) {
        block mine{shared.next.fetch_add(block_runs), {}};
        if (mine.first >= how.end || mine.first > shared.stop_at)
            break;
        run_block(on, how, shared, *chooser, salt, mine);
        take(mine);
        while (!shared.halt && mine.first > shared.folded + blocks_ahead_max * block_runs)
            usleep(100);
    }
}

} // namespace interfuse
