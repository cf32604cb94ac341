// The list of those that hold references of their own.
#include "checker/invariants/background.hpp"

#include <fmt/format.h>

#include "checker/invariants/names.hpp"
#include "checker/invariants/transitions.hpp"

namespace interfuse {

static bool is_on(const census &all, unsigned slot)
{
    return (all.on[static_cast<unsigned>(list_of::background)] & slot_bit(slot)) != 0;
}

// put_super takes everybody off while it holds sbput_sem.
static bool is_given_up(const fuse::fuse_conn &fc)
{
    return fc.mounted == 0 || fc.sbput_sem.writer != 0;
}

std::optional<broken> check_background(const connection_ghost &c)
{
    const ghost_state &g = ghost();
    auto own = static_cast<std::uint8_t>(&c - g.connections.data());
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        if (r.req == nullptr || !r.used)
            continue;
        bool on = is_on(c.now, i);
        if (on && r.owned == 0)
            return broken{fmt::format("{} is over but still on fc->background", name_of_request(*r.req))};
        if (on && !r.req->background)
            return broken{fmt::format("{} is on fc->background without being a background request",
                                      name_of_request(*r.req))};
        bool under_way = r.connection == own && r.state != fuse::FUSE_REQ_INIT && r.state != fuse::FUSE_REQ_FINISHED;
        if (!on && under_way && r.req->background && !is_given_up(*c.fc))
            return broken{fmt::format("{} holds references in the background in state {}, but is not on fc->background",
                                      name_of_request(*r.req), name_of(r.state))};
        // Only fuse_release_background takes it off, and nothing puts it there again.
        if (on && !is_on(c.before, i) && r.state == fuse::FUSE_REQ_FINISHED)
            return broken{fmt::format("{} is put on fc->background after it has finished", name_of_request(*r.req))};
    }
    return std::nullopt;
}

} // namespace interfuse
