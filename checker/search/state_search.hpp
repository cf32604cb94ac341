// Depth-first search over the states of one scenario: every state, each once.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checker/runner.hpp"
#include "checker/strategies/guided.hpp"

namespace interfuse {

// Which of the tasks that can go on are tried in a state. Sleep sets: each state is visited, but by as few steps as do,
// by what the steps touch. Local steps: the same, but where a task's next step touches nothing that others may still touch it is
// taken at once, by itself, and the state before it is passed through and not kept. Persistent sets: the same, and where there is
// no such step as few tasks as do, so that each end and each violation is still found (all Godefroid 1996).
enum class reduction : std::uint8_t { none, sleep_sets, local_steps, persistent_sets };

inline bool uses_persistent_sets(reduction reduce)
{
    return reduce == reduction::local_steps || reduce == reduction::persistent_sets;
}

struct search_bounds {
    reduction reduce = reduction::sleep_sets;
    std::uint64_t seed = 0;  // of the order in which a state's tasks are tried, depth first; 0: with local steps who was started last first
    unsigned jobs = 1;       // processes
    bool first = false;      // ends at the first finding
    bool any_order = false;  // of tasks that are alike, and have done nothing yet that matters, each goes on, not the first alone
    bool shortest = false;   // layer by layer, by one process; REQUIRES: no reduction
    // States after which a search with local steps or persistent sets skims first, and how many a skim sees: no more than that, nor
    // than a third of what the search may see, but as many as the first part. Nor does it take more than a third of its memory and time.
    std::uint64_t first_part = 350'000;
    std::uint64_t skimmed_part = 5'000'000;
    // To learn: of states in which everybody stands at the same places, and the same tasks can go on, only the first few count.
    bool skims = false;
    bool wide = false;       // states are known by hashes of 128 bits
    bool self_check = false; // tries out what the search takes for granted, as in self_check.hpp
    std::uint64_t walks = 0; // random ones after the search, which must stay inside it
    std::uint64_t scouts = 0; // random walks before the search; REQUIRES: `first`
    bool races = false;      // looks for them in every state, hence neither with persistent sets nor with local steps
    bool livelocks = false;  // looks for fair circles; without reduction, by one process
    std::uint64_t states_max = UINT64_MAX;
    std::size_t memory_max = std::size_t{8} << 30; // bytes of the visited set and of the way back
    std::size_t memory_of_steps = std::size_t{1} << 28; // bytes of those that are remembered, at most an eighth of the above; see step_memory.hpp
    std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// Whether the search tells tasks that are alike apart by their order, as the others lead to the same but for who is who. Walks
// that are to stay inside need each order.
inline bool keeps_order(const search_bounds &bounds)
{
    return uses_persistent_sets(bounds.reduce) && !bounds.any_order && bounds.walks == 0;
}

// What the search goes by when it finds something. All but the first are for a run of their path to confirm.
enum class finding_kind : std::uint8_t {
    verdict,
    race,   // the path's last two steps race
    circle, // a livelock: the path's last steps lead back to where they began; the fingerprint is the search's own
    cut,    // the path has as many steps as it may have, and may go round in circles
};

// A finding of the search: its first occurrence, as the steps that lead to it from the start.
struct state_finding {
    static constexpr std::size_t others_max = 16;
    std::string message;
    std::uint64_t fingerprint = 0;
    // Transitions and ends that show it, pairs of steps that race, or components with a circle, in the last pass that met any.
    std::uint64_t count = 0;
    std::vector<search_step> path;
    std::vector<std::vector<search_step>>
        others; // further paths, to find it where another one comes before it on the first
    finding_kind kind = finding_kind::verdict;
    std::size_t round = 0; // steps of a circle

    // The same one, as another process has found it.
    void add(const state_finding &same);
};

// What has been found when there was another pass: what that has met, as it has met it, and then what only earlier ones have.
std::vector<state_finding> found_so_far(std::vector<state_finding> earlier, const std::vector<state_finding> &latest);

// What a search has tried out of what it takes for granted. Two processes do not compare.
struct search_checks {
    std::uint64_t differ_on_stacks = 0; // states that differ from an earlier one in nothing but data on stacks, dead or not
    std::uint64_t behaved_alike = 0; // times that a state was met again and behaved as before
    std::uint64_t commuted = 0;      // pairs of steps that were taken to be independent
    std::uint64_t doubted = 0;       // pairs that the persistent sets take so and that are not: the pass must meet a lesson
};

struct search_counts {
    std::uint64_t states = 0;      // different ones, the start among them
    std::uint64_t passed = 0;      // times that a state was passed through
    std::uint64_t transitions = 0; // taken
    std::uint64_t revisits = 0;    // transitions into a state that was known
    std::uint64_t ends = 0;        // states in which nobody can go on
    std::uint64_t stalled = 0;     // of these, stalled by the scenario's design
    std::uint64_t mended = 0;      // times that the persistent sets were, so that the pass has to be repeated
    std::size_t depth = 0;         // the longest path
    std::size_t visited_bytes = 0;
    std::size_t path_bytes = 0;   // of the way back from the deepest state
    std::uint64_t race_steps = 0; // taken to look for races, beside the transitions
    std::optional<std::uint64_t>
        components;      // strongly connected, in which somebody can go round; where livelocks are looked for
    unsigned passes = 0; // searches until what tasks touch was known; the other counts are of the last
    std::uint64_t states_of_all_passes = 0;
    bool skims = false;    // the last of them did no more, as in search_bounds: only some of the states were gone on from
    unsigned in_order = 0; // tasks that did not begin before another one that they are like, see alike.hpp
    search_checks checks;
    std::uint64_t walks = 0; // random ones that stayed inside
    std::uint64_t scout = 0; // the random walk before the search that met the finding; 0: none
    std::size_t open = 0;    // steps on the path, or states, from which it has not gone on yet
    std::optional<std::uint64_t> expected; // states in the end, as forecast.hpp guesses
};

struct searched {
    search_counts counts;
    std::vector<state_finding> findings;
    std::string bound; // what stopped the search before it was through; empty: it is complete
    int interrupted = 0;
    std::string error; // of a process of the search
    std::chrono::nanoseconds took{0};
};

// The bound of a search that has seen as many states as it may, of one that needs more memory, of one out of time, and of one that ends at its first finding.
inline constexpr const char *bound_of_states = "--max-states";
inline constexpr const char *bound_of_memory = "--max-memory";
inline constexpr const char *bound_of_time = "--max-time";
inline constexpr const char *bound_by_finding = "the first finding";

// Steps forward and takes steps back, and remembers the 64-bit hashes of the states it has seen. What it visits and
// finds does not depend on the number of processes. `progress` is called a few times a second.
searched search_states(runner &on, const search_bounds &bounds,
                       const std::function<void(const search_counts &)> &progress);

// The probability that two of so many states have the same hash of 64 or 128 bits, at most 1.
double collision_probability(std::uint64_t states, bool wide);

} // namespace interfuse
