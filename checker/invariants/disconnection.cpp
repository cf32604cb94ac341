// What enters pending or io after fc->connected was cleared.
#include "checker/invariants/disconnection.hpp"

#include <bit>

#include <fmt/format.h>

#include "checker/invariants/census.hpp"
#include "checker/invariants/names.hpp"

namespace interfuse {

std::optional<broken> check_connected(const connection_ghost &c)
{
    if (c.before.connected)
        return std::nullopt;
    for (list_of list : {list_of::pending, list_of::io}) {
        auto index = static_cast<unsigned>(list);
        slot_mask entered = c.now.on[index] & ~c.before.on[index];
        if (entered == 0)
            continue;
        const request_ghost &r = ghost().requests[static_cast<unsigned>(std::countr_zero(entered))];
        return broken{fmt::format("{} enters {} although fc->connected is 0", name_of_request(*r.req), name_of(list))};
    }
    return std::nullopt;
}

std::optional<broken> check_cut_off(const connection_ghost &c)
{
    if (!c.cut_off)
        return std::nullopt;
    for (list_of list : {list_of::pending, list_of::processing}) {
        slot_mask left = c.now.on[static_cast<unsigned>(list)];
        if (left == 0)
            continue;
        const request_ghost &r = ghost().requests[static_cast<unsigned>(std::countr_zero(left))];
        return broken{fmt::format("{} is on {} although whoever has cut the connection off is through",
                                  name_of_request(*r.req), name_of(list))};
    }
    return std::nullopt;
}

} // namespace interfuse
