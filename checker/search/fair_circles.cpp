// Components, and a way round in them.
#include "checker/search/fair_circles.hpp"

#include <algorithm>
#include <bit>
#include <deque>
#include <functional>
#include <utility>

#include <xxhash.h>

#include "sim/fault.hpp"
#include "sim/variants.hpp"

namespace interfuse {

namespace {

std::uint64_t bit(unsigned task)
{
    return std::uint64_t{1} << task;
}

// The states of a component and its steps, as the walk finds them from the first one.
class component {
    struct edge {
        std::uint32_t to;
        search_step step;
    };
    struct node {
        std::uint64_t enabled;
        std::vector<edge> edges;
    };

public:
    component(step_script &script, world_walk &way, const state_numbers &members, std::uint32_t first)
        : script(script), way(way), members(members), first(first)
    {
        visit();
    }

    // From the first state through as much as makes it fair, and back.
    fair_circle go_round() const
    {
        fair_circle circle{key(), {}};
        std::uint32_t at = 0;
        std::uint64_t throughout = nodes[0].enabled, moved = 0;
        auto go = [&](const std::function<bool(const edge &)> &is_wanted) {
            for (const edge *each : shortest_way(at, is_wanted)) {
                circle.steps.push_back(each->step);
                moved |= bit(each->step.task);
                throughout &= nodes[each->to].enabled;
                at = each->to;
            }
        };
        while ((throughout & ~moved) != 0) {
            std::uint64_t waits = throughout & ~moved & -(throughout & ~moved);
            go([&](const edge &each) { return bit(each.step.task) == waits || (nodes[each.to].enabled & waits) == 0; });
        }
        if (at != 0 || circle.steps.empty())
            go([](const edge &each) { return each.to == 0; });
        return circle;
    }

private:
    struct place_on_path {
        std::uint32_t node;
        std::uint64_t left; // tasks whose steps are to be taken
        search_step next;
        bool more_variants = false;
    };

    // Depth first, as the walk goes.
    void visit()
    {
        add_node();
        while (!path.empty()) {
            if (choose_step(path.back())) {
                take_step();
                continue;
            }
            path.pop_back();
            if (!path.empty())
                way.back();
        }
    }

    // The state that the world is in.
    void add_node()
    {
        auto number = static_cast<std::uint32_t>(nodes.size());
        numbers[way.hash()] = number;
        nodes.push_back({way.enabled(), {}});
        path.push_back({number, way.enabled(), {}});
    }

    bool choose_step(place_on_path &here)
    {
        if (here.more_variants)
            return true;
        if (here.left == 0)
            return false;
        here.next = {static_cast<unsigned>(std::countr_zero(here.left)), {}};
        here.left &= here.left - 1;
        return true;
    }

    void take_step()
    {
        place_on_path &here = path.back();
        unsigned task = here.next.task;
        script.answers = here.next.answers;
        script.used = 0;
        std::uint64_t position = way.position(task);
        bool continues = way.step(task);
        search_step taken{task, script.answers};
        here.next.answers = script.answers;
        here.more_variants = sim::advance(here.next.answers);
        auto member = members.find(way.hash());
        if (!continues || member == members.end() || member->second < first)
            return way.back();
        positions.push_back(position);
        auto known = numbers.find(way.hash());
        std::uint32_t to = known == numbers.end() ? static_cast<std::uint32_t>(nodes.size()) : known->second;
        nodes[here.node].edges.push_back({to, std::move(taken)});
        if (known == numbers.end())
            add_node();
        else
            way.back();
    }

    std::vector<const edge *> shortest_way(std::uint32_t from, const std::function<bool(const edge &)> &is_wanted) const
    {
        std::vector<std::pair<std::uint32_t, const edge *>> came_by(nodes.size(), {0, nullptr});
        std::deque<std::uint32_t> next{from};
        std::vector<bool> seen(nodes.size());
        seen[from] = true;
        for (; !next.empty(); next.pop_front()) {
            for (const edge &each : nodes[next.front()].edges) {
                if (is_wanted(each)) {
                    std::vector<const edge *> way_there{&each};
                    for (std::uint32_t at = next.front(); at != from; at = came_by[at].first)
                        way_there.push_back(came_by[at].second);
                    std::ranges::reverse(way_there);
                    return way_there;
                }
                if (!seen[each.to]) {
                    seen[each.to] = true;
                    came_by[each.to] = {next.front(), &each};
                    next.push_back(each.to);
                }
            }
        }
        sim::internal_error("a component of the search is not strongly connected");
    }

    std::uint64_t key() const
    {
        std::vector<std::uint64_t> sorted = positions;
        std::ranges::sort(sorted);
        sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
        return XXH3_64bits(sorted.data(), sorted.size() * sizeof sorted[0]);
    }

    step_script &script;
    world_walk &way;
    const state_numbers &members; // and states that are open before the first
    std::uint32_t first;
    state_numbers numbers;
    std::vector<node> nodes;
    std::vector<place_on_path> path;      // empty but while it visits
    std::vector<std::uint64_t> positions; // of those who take a step, before it
};

} // namespace

void fair_circles::enter(unsigned by)
{
    auto number = static_cast<std::uint32_t>(open.size());
    open.push_back({way.hash(), way.enabled(), 0, number, by});
    numbers[way.hash()] = number;
    path.push_back(number);
}

// A known state that is still open leads back to the path, so it is of the same component as the path's last one.
void fair_circles::meet(unsigned by)
{
    auto known = numbers.find(way.hash());
    if (known == numbers.end())
        return;
    open_state &from = open[path.back()];
    from.low = std::min(from.low, open[known->second].low);
    from.moved |= bit(by);
}

std::optional<fair_circle> fair_circles::leave()
{
    std::uint32_t number = path.back();
    path.pop_back();
    open_state left = open[number];
    if (left.low != number) {
        open_state &before = open[path.back()];
        before.low = std::min(before.low, left.low);
        before.moved |= bit(left.by);
        return std::nullopt;
    }
    std::uint64_t throughout = ~std::uint64_t{0}, moved = 0;
    for (std::size_t i = number; i < open.size(); ++i) {
        throughout &= open[i].enabled;
        moved |= open[i].moved;
    }
    rounds += moved != 0;
    std::optional<fair_circle> found;
    if (moved != 0 && (throughout & ~moved) == 0)
        found = component(script, way, numbers, number).go_round();
    for (std::size_t i = number; i < open.size(); ++i)
        numbers.erase(open[i].hash);
    open.resize(number);
    return found;
}

std::size_t fair_circles::bytes() const
{
    constexpr std::size_t bytes_of_an_entry = 32; // of the map, about
    return open.capacity() * sizeof open[0] + path.capacity() * sizeof path[0] + numbers.size() * bytes_of_an_entry;
}

} // namespace interfuse
