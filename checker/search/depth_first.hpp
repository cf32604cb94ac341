// One search through the states of a scenario, depth first, by one process, alone or as one of several.
#pragma once

#include <optional>

#include "checker/search/fair_circles.hpp"
#include "checker/search/forecast.hpp"
#include "checker/search/new_beginning.hpp"
#include "checker/search/persistent_sets.hpp"
#include "checker/search/self_check.hpp"
#include "checker/search/state_search.hpp"
#include "checker/search/step_races.hpp"
#include "checker/search/step_script.hpp"
#include "checker/search/step_tails.hpp"
#include "checker/search/team.hpp"
#include "checker/search/visited_set.hpp"
#include "checker/search/world_walk.hpp"

namespace interfuse {

// The bound of a process that stopped because another one has.
inline constexpr const char *bound_by_others = "another process";

// The bound of a search that has learnt what would have made it go other ways.
inline constexpr const char *bound_by_lesson = "a lesson";

// From each state that the set did not contain each task that can go on is tried, or as many as the reduction leaves,
// with each answer to the choices of its step. Which ones depends on the state and on what was known when the search
// began.
class depth_first {
public:
    // The walk stands at the start. `others`: who shares the set; null: nobody.
    depth_first(runner &on, const search_bounds &bounds, step_script &script, world_walk &way, persistent_sets &sets,
                visited_set &visited, team *others);
    ~depth_first() { way.before_forgetting({}); }
    depth_first(const depth_first &) = delete;
    depth_first &operator=(const depth_first &) = delete;

    // Through all states, or the share of them that falls to this process. Calls `look` every few thousand transitions.
    void run(const std::function<void(const depth_first &)> &look);

    search_counts counts;
    std::vector<state_finding> findings;
    std::string bound; // what stopped it
    int interrupted = 0;

private:
    bool goes_on() const { return bound.empty() && interrupted == 0; }
    void go_through(const std::function<void(const depth_first &)> &look);
    void look_around(const std::function<void(const depth_first &)> &look);
    void count_bytes();
    std::size_t open() const;
    void look_ahead();
    bool begins_again();
    bool leaves_out() const { return uses_persistent_sets(bounds.reduce); }
    bool sleeps() const { return bounds.reduce == reduction::sleep_sets || leaves_out(); }
    state_key key(std::uint64_t enabled) const;
    bool enter(std::uint32_t asleep);
    std::uint64_t stirred() const;
    std::uint32_t run_of_passed() const;
    std::uint64_t alike_in(std::uint64_t enabled) const;
    bool pass_through(std::uint64_t task, std::uint64_t left_out, std::uint32_t asleep);
    bool push(std::uint64_t tasks, std::uint64_t left_out, std::uint32_t asleep);
    void judge_end();
    unsigned pick(std::uint64_t from) const;
    void take_next_step();
    bool step_of(unsigned task);
    void back();
    void step_back();
    void check_commutation(std::uint64_t independent, bool supposed);
    std::uint32_t still_asleep(search_frame &f);
    bool choose_step(search_frame &f);
    void leave();
    void look_for_races();
    void note(const sim::verdict &found);
    state_finding &count_finding(const std::string &message, std::uint64_t fingerprint,
                                 const std::vector<search_step> &more);
    std::vector<search_step> path_with(const std::vector<search_step> &more) const;
    void share();
    void take_over(const handed_over &work);
    void go_home();

    runner &on;
    const search_bounds &bounds;
    step_script &script;
    world_walk &way;
    persistent_sets &sets;
    visited_set &visited;
    team *others;
    std::optional<self_check> check;
    std::optional<step_tails> tails;
    std::optional<step_races> races;
    std::optional<fair_circles> circles;
    forecast prospect;
    std::array<std::uint8_t, sim::tasks_max> turns; // of tasks: who is tried before whom
    step_pairs pairs;
    std::vector<search_frame> frames; // of the path, and beyond `depth` for later use
    std::size_t depth = 0;
    std::uint32_t steps_max = 0;
    new_beginning again;
    unsigned looks = 0;
    std::size_t bytes_of_sets = 0;
    std::size_t path_bytes = 0; // now
};

} // namespace interfuse
