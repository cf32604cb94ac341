// Processes that share the work of one search.
#pragma once

#include <cstddef>

#include "checker/search/search_frame.hpp"
#include "checker/search/state_search.hpp"

namespace interfuse {

// Lies in memory that processes share which are forked after it was made. Whoever has nothing to do waits; who has much sees
// that and hands some over. The search is over when all wait and nothing is on its way.
class team {
public:
    explicit team(unsigned members);
    ~team();
    team(const team &) = delete;
    team &operator=(const team &) = delete;

    // Whether the caller is the first, who begins at the start.
    bool begins();
    // Whether somebody waits for whom no work is on its way.
    bool somebody_waits() const;
    // Hands work over; false if somebody else was faster or the way there is too long.
    bool offer(const handed_over &work);
    // False once there is no more work, or the search was halted.
    bool wait_for_work(handed_over &work);
    void halt();
    bool halted() const;
    // Counts a state towards a bound; how many there were before, of all members.
    std::uint64_t count_state();
    // What the caller has come to so far, for the others to see.
    void publish(unsigned member, const search_counts &so_far);
    // Of all members, together. Bytes of the visited set, which they share, are left out.
    search_counts published() const;

private:
    struct shared;
    shared *all;
};

} // namespace interfuse
