// Looking for a circle among orders of locks.
#include "checker/search/lock_cycle.hpp"

#include <algorithm>
#include <set>
#include <span>
#include <utility>

namespace interfuse {

namespace {

// Depth first, through each class once.
class way_finder {
public:
    explicit way_finder(std::span<const seen_order> known) : known(known) {}

    // Makes the chain of known orders that leads on to the class `to`.
    bool extend(std::vector<seen_order> &chain, std::uint64_t to)
    {
        std::uint64_t from = chain.back().edge.after;
        if (from == to)
            return true;
        if (!met.insert(from).second)
            return false;
        for (const seen_order &next : known) {
            if (next.edge.before != from)
                continue;
            chain.push_back(next);
            if (extend(chain, to))
                return true;
            chain.pop_back();
        }
        return false;
    }

private:
    std::span<const seen_order> known;
    std::set<std::uint64_t> met;
};

// Each once, where it was seen first.
std::vector<seen_order> without_repeats(const std::vector<seen_order> &orders)
{
    std::set<std::pair<std::uint64_t, std::uint64_t>> edges;
    std::vector<seen_order> first;
    for (const seen_order &order : orders)
        if (edges.emplace(order.edge.before, order.edge.after).second)
            first.push_back(order);
    return first;
}

} // namespace

std::vector<seen_order> find_lock_cycle(const std::vector<seen_order> &all)
{
    std::vector<seen_order> orders = without_repeats(all);
    for (std::size_t i = 0; i < orders.size(); ++i) {
        std::vector<seen_order> chain = {orders[i]};
        if (!way_finder(std::span(orders).first(i)).extend(chain, orders[i].edge.before))
            continue;
        std::rotate(chain.begin(), chain.begin() + 1, chain.end());
        return chain;
    }
    return {};
}

} // namespace interfuse
