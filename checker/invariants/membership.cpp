// Lists and states.
#include "checker/invariants/membership.hpp"

#include <fmt/format.h>

#include "checker/invariants/census.hpp"
#include "checker/invariants/names.hpp"
#include "checker/invariants/transitions.hpp"

namespace interfuse {

namespace {

std::string state_of(const request_ghost &r)
{
    return fmt::format("in state {}{} with {} references", name_of(r.state), r.req->locked.peek() != 0 ? ", locked," : "",
                       r.req->count.counter);
}

bool is_spare(const request_ghost &r)
{
    int count = r.req->count.counter;
    return count == 0 || (count == 1 && r.req->in.h.unique == 0);
}

bool fits(const request_ghost &r, list_of list)
{
    switch (list) {
    case list_of::pending:
        return r.state == fuse::FUSE_REQ_PENDING;
    case list_of::processing:
        return r.state == fuse::FUSE_REQ_SENT && r.req->locked.peek() == 0;
    case list_of::io:
        return r.state == fuse::FUSE_REQ_READING || r.state == fuse::FUSE_REQ_SENT;
    case list_of::unused:
        return is_spare(r);
    case list_of::background:
        return true;
    }
    return false;
}

// Of a request that is on no list.
bool may_be_off(const request_ghost &r)
{
    switch (r.state) {
    case fuse::FUSE_REQ_PENDING:
        return r.req->interrupted;
    case fuse::FUSE_REQ_READING:
    case fuse::FUSE_REQ_SENT:
        return false;
    default:
        return true;
    }
}

std::string describe(const census &all)
{
    const char *list = name_of(static_cast<list_of>(all.list));
    switch (all.found) {
    case flaw::corrupt:
        return fmt::format("{} is corrupt at its entry {}", list, all.entry + 1);
    case flaw::corrupt_end:
        return fmt::format("{} is corrupt at its end", list);
    case flaw::no_request:
        return fmt::format("{} holds something that is no request", list);
    default:
        return fmt::format("{} is on two lists, one is {}", name_of_request(*ghost().requests[all.slot].req), list);
    }
}

std::optional<broken> check_requests(const connection_ghost &c)
{
    const ghost_state &g = ghost();
    auto own = static_cast<std::uint8_t>(&c - g.connections.data());
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        if (r.req == nullptr)
            continue;
        unsigned list = 0;
        while (list < static_cast<unsigned>(list_of::background) && (c.now.on[list] & slot_bit(i)) == 0)
            ++list;
        bool is_off = list == static_cast<unsigned>(list_of::background);
        if (!is_off && !fits(r, static_cast<list_of>(list)))
            return broken{fmt::format("{} is on {} {}", name_of_request(*r.req), name_of(static_cast<list_of>(list)),
                                      state_of(r))};
        if (is_off && r.owned != 0 && r.connection == own && !may_be_off(r))
            return broken{fmt::format("{} is {} but on no list", name_of_request(*r.req), state_of(r))};
    }
    return std::nullopt;
}

} // namespace

std::optional<broken> check_list_membership(const connection_ghost &c)
{
    if (c.now.found != flaw::none)
        return broken{describe(c.now)};
    return check_requests(c);
}

} // namespace interfuse
