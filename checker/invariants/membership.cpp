// Lists and states. Pointers are looked at before they are followed: a list may be broken.
#include "checker/invariants/membership.hpp"

#include <array>

#include <fmt/format.h>

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/names.hpp"
#include "checker/invariants/transitions.hpp"

namespace interfuse {

namespace {

using kernel::list_head;

enum class where : std::uint8_t { none, pending, processing, io, unused };

struct placed {
    std::array<where, ghost_requests_max> list{}; // by slot of the ghost
};

struct list_rule {
    where list;
    const char *name;
    list_head fuse::fuse_conn::*head;
    bool (*fits)(const request_ghost &);
};

bool is_spare(const request_ghost &r)
{
    int count = r.req->count.counter;
    return count == 0 || (count == 1 && r.req->in.h.unique == 0);
}

constexpr std::array<list_rule, 4> rules = {{
    {where::pending, "fc->pending", &fuse::fuse_conn::pending,
     [](const request_ghost &r) { return r.state == fuse::FUSE_REQ_PENDING; }},
    {where::processing, "fc->processing", &fuse::fuse_conn::processing,
     [](const request_ghost &r) { return r.state == fuse::FUSE_REQ_SENT && r.req->locked.peek() == 0; }},
    {where::io, "fc->io", &fuse::fuse_conn::io,
     [](const request_ghost &r) { return r.state == fuse::FUSE_REQ_READING || r.state == fuse::FUSE_REQ_SENT; }},
    {where::unused, "fc->unused_list", &fuse::fuse_conn::unused_list, is_spare},
}};

int slot_of(const request_ghost &r)
{
    return static_cast<int>(&r - ghost().requests.data());
}

std::string state_of(const request_ghost &r)
{
    return fmt::format("in state {}{} with {} references", name_of(r.state), r.req->locked.peek() != 0 ? ", locked," : "",
                       r.req->count.counter);
}

const request_ghost *find_by_entry(const list_head *entry)
{
    auto req = kernel::list_entry<&fuse::fuse_req::list>(entry);
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.requests_high; ++i)
        if (g.requests[i].req == req)
            return &g.requests[i];
    return nullptr;
}

std::optional<broken> walk(const fuse::fuse_conn &fc, const list_rule &rule, placed &found)
{
    const list_head *head = &(fc.*rule.head);
    const list_head *previous = head;
    unsigned n = 0;
    for (const list_head *entry = head->next; entry != head; entry = entry->next) {
        if (!sim::in_heap(entry) || entry->prev != previous || ++n > ghost_requests_max)
            return broken{fmt::format("{} is corrupt at its entry {}", rule.name, n)};
        previous = entry;
        const request_ghost *r = find_by_entry(entry);
        if (r == nullptr)
            return broken{fmt::format("{} holds something that is no request", rule.name)};
        where &list = found.list[static_cast<unsigned>(slot_of(*r))];
        if (list != where::none)
            return broken{fmt::format("{} is on two lists, one is {}", name_of_request(*r->req), rule.name)};
        list = rule.list;
        if (!rule.fits(*r))
            return broken{fmt::format("{} is on {} {}", name_of_request(*r->req), rule.name, state_of(*r))};
    }
    if (head->prev != previous)
        return broken{fmt::format("{} is corrupt at its end", rule.name)};
    return std::nullopt;
}

// The requests' places, or what is wrong with a list. Connections whose lock is held are passed over, which `all`
// tells.
std::optional<broken> place_all(placed &found, bool &all)
{
    all = true;
    for (const fuse::fuse_conn *fc : ghost().connections) {
        if (fc == nullptr)
            continue;
        if (kernel::spin_is_locked(&fc->lock)) {
            all = false;
            continue;
        }
        for (const list_rule &rule : rules)
            if (std::optional<broken> wrong = walk(*fc, rule, found))
                return wrong;
    }
    return std::nullopt;
}

bool belongs(const request_ghost &r, where list)
{
    switch (r.state) {
    case fuse::FUSE_REQ_PENDING:
        return list == where::pending || (list == where::none && r.req->interrupted);
    case fuse::FUSE_REQ_READING:
        return list == where::io;
    case fuse::FUSE_REQ_SENT:
        return list == where::processing || list == where::io;
    default:
        return list == where::none;
    }
}

} // namespace

std::optional<broken> check_list_membership()
{
    placed found;
    bool all = true;
    std::optional<broken> wrong = place_all(found, all);
    if (wrong || !all)
        return wrong;
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        where list = found.list[i];
        if (r.req == nullptr || r.owned == 0 || list == where::unused || belongs(r, list))
            continue;
        return broken{fmt::format("{} is {} but on {}", name_of_request(*r.req), state_of(r),
                                  list == where::none ? "no list" : rules[static_cast<unsigned>(list) - 1].name)};
    }
    return std::nullopt;
}

} // namespace interfuse
