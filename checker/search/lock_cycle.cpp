// Looking for a circle among orders of locks.
#include "checker/search/lock_cycle.hpp"

#include <algorithm>
#include <span>

namespace interfuse {

namespace {

bool is_among(const std::vector<seen_order> &chain, const seen_order &wanted)
{
    return std::ranges::any_of(chain, [&](const seen_order &other) { return other.edge == wanted.edge; });
}

// Makes the chain of known orders that leads on to the class `to`.
bool extend(std::span<const seen_order> known, std::vector<seen_order> &chain, std::uint64_t to)
{
    if (chain.back().edge.after == to)
        return true;
    for (const seen_order &next : known) {
        if (next.edge.before != chain.back().edge.after || is_among(chain, next))
            continue;
        chain.push_back(next);
        if (extend(known, chain, to))
            return true;
        chain.pop_back();
    }
    return false;
}

} // namespace

std::vector<seen_order> find_lock_cycle(const std::vector<seen_order> &orders)
{
    for (std::size_t i = 0; i < orders.size(); ++i) {
        std::vector<seen_order> chain = {orders[i]};
        if (!extend(std::span(orders).first(i), chain, orders[i].edge.before))
            continue;
        std::rotate(chain.begin(), chain.begin() + 1, chain.end());
        return chain;
    }
    return {};
}

} // namespace interfuse
