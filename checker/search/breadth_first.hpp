// One search through the states of a scenario, layer by layer, so that the path to each finding is a shortest one.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "checker/search/self_check.hpp"
#include "checker/search/state_search.hpp"
#include "checker/search/step_script.hpp"
#include "checker/search/visited_set.hpp"
#include "checker/search/world_walk.hpp"

namespace interfuse {

// Keeps of each state how it was reached, in eight bytes beside its key. To a state it goes by steps, from the nearest
// state that lies on both ways; those of a layer lie near each other.
class breadth_first {
public:
    // The walk stands at the start.
    breadth_first(runner &on, const search_bounds &bounds, step_script &script, world_walk &way, visited_set &visited);

    // Calls `look` every few thousand transitions. Each state is gone on from by all tasks and answers.
    void run(const std::function<void(const breadth_first &)> &look);

    search_counts counts; // depth: of the state that lies farthest from the start
    std::vector<state_finding> findings;
    std::string bound;
    int interrupted = 0;

private:
    struct node {
        std::uint32_t parent;
        std::uint32_t step; // that led here from there
    };

    bool goes_on() const { return bound.empty() && interrupted == 0; }
    std::size_t open() const { return nodes.size() - next; }
    std::uint32_t number_of(const search_step &step);
    void go_to(std::uint32_t target);
    void take(std::uint32_t step);
    void try_steps_of(unsigned task);
    void enter(const search_step &last);
    void note(const sim::verdict &found, const search_step &last);
    void look_around(const std::function<void(const breadth_first &)> &look);

    runner &on;
    const search_bounds &bounds;
    step_script &script;
    world_walk &way;
    visited_set &visited;
    std::optional<self_check> check;
    std::vector<node> nodes; // in the order in which they were reached; the start is the first
    std::vector<search_step> steps;
    std::map<std::string, std::uint32_t> numbers; // of steps, by their task and answers
    std::vector<std::uint32_t> path;              // of nodes, from the start to where the walk stands
    std::vector<std::uint32_t> ahead;             // for use within a call
    std::size_t next = 0;
    std::uint32_t steps_max;
};

} // namespace interfuse
