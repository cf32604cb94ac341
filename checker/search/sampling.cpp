// Sampling runs of one scenario, shared out among processes.
#include "checker/search/sampling.hpp"

#include <algorithm>

#include "checker/search/blocks.hpp"
#include "checker/search/interruption.hpp"
#include "checker/search/workers.hpp"

namespace interfuse {

namespace {

// Blocks come in any order and are folded in theirs, so that what lies above a finding that stops the search is
// never counted, whichever worker was faster.
class folder {
public:
    folder(const sampling &how, shared_progress &shared, sampled &into) : how(how), shared(shared), into(into) {}

    void take(const block &done)
    {
        waiting.push_back(done);
        for (auto next = find_next(); next != waiting.end(); next = find_next()) {
            into.sums.fold(next->sums);
            into.next = next->first + next->sums.runs;
            expected = next->first + block_runs;
            waiting.erase(next);
        }
        shared.folded = expected;
        into.stopped = shared.stop_at < how.end;
        how.progress(into.sums);
    }

private:
    std::vector<block>::iterator find_next()
    {
        return std::find_if(waiting.begin(), waiting.end(),
                            [&](const block &b) { return b.first == expected && b.first <= shared.stop_at; });
    }

    const sampling &how;
    shared_progress &shared;
    sampled &into;
    std::uint64_t expected = how.first;
    std::vector<block> waiting;
};

} // namespace

sampled sample(runner &on, const sampling &how)
{
    sampled result;
    result.next = how.first;
    progress_memory memory(how.first);
    folder folded(how, *memory, result);
    auto take = [&](const block &done) { folded.take(done); };
    if (how.jobs == 1)
        sample_blocks(on, how, *memory, take);
    else
        result.error = sample_in_workers(on, how, *memory, take);
    return result;
}

} // namespace interfuse
