// The flag `interrupted`.
#include "checker/invariants/interruption.hpp"

#include <bit>

#include <fmt/format.h>

#include "checker/invariants/names.hpp"
#include "checker/invariants/transitions.hpp"

namespace interfuse {

static const request_ghost &first_of(slot_mask slots)
{
    return ghost().requests[static_cast<unsigned>(std::countr_zero(slots))];
}

// A request that is made as new loses the flag with everything else; the ghost forgets it then, too.
std::optional<broken> check_interrupted(const connection_ghost &c)
{
    slot_mask cleared = c.before.interrupted & ~c.now.interrupted;
    for (; cleared != 0; cleared &= cleared - 1) {
        const request_ghost &r = first_of(cleared);
        if (r.req != nullptr && r.used && r.req->count.counter != 0)
            return broken{fmt::format("{} is no longer interrupted, in state {}", name_of_request(*r.req),
                                      name_of(r.state))};
    }
    auto processing = static_cast<unsigned>(list_of::processing);
    slot_mask moved = c.now.on[processing] & ~c.before.on[processing] & c.now.interrupted;
    if (moved != 0)
        return broken{fmt::format("{} was interrupted and moves to fc->processing all the same",
                                  name_of_request(*first_of(moved).req))};
    return std::nullopt;
}

} // namespace interfuse
