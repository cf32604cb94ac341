// Counting owners.
#include "checker/invariants/references.hpp"

#include <bit>

#include <fmt/format.h>

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/names.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

std::string owners(const request_ghost &r)
{
    const sim::world &w = sim::the_world();
    std::string text;
    auto add = [&](std::string_view owner) { text += fmt::format("{}{}", text.empty() ? "" : ", ", owner); };
    if (r.transport > 0)
        add("the transport");
    if (r.creator != nobody)
        add(w.tasks[r.creator].name);
    if (r.requester != nobody)
        add(fmt::format("its requester {}", w.tasks[r.requester].name));
    for (unsigned i = 0; i < ghost_tasks; ++i)
        if (r.borrowed[i] > 0)
            add(w.tasks[i].name);
    return text.empty() ? "nobody" : text;
}

} // namespace

std::optional<broken> check_reference_counts()
{
    const ghost_state &g = ghost();
    for (slot_mask left = g.touched; left != 0; left &= left - 1) {
        const request_ghost &r = g.requests[static_cast<unsigned>(std::countr_zero(left))];
        if (r.req == nullptr || !r.used)
            continue;
        auto count = static_cast<unsigned>(r.req->count.counter);
        // fuse_request_init clears the request before it sets the count; nobody else can reach it then.
        if (count == 0 && r.creator != nobody)
            continue;
        if (count != r.owned)
            return broken{fmt::format("{} has a count of {} but {} owners: {}", name_of_request(*r.req),
                                      r.req->count.counter, r.owned, owners(r))};
    }
    return std::nullopt;
}

} // namespace interfuse
