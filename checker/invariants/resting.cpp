// Marking requests of the pool.
#include "checker/invariants/resting.hpp"

#include "sim/shadow.hpp"

namespace interfuse {

namespace {

using kernel::list_head;

// The walk is bounded by the number of requests that there can be; beyond that the list is broken.
bool is_on(const list_head &head, const list_head *wanted)
{
    const list_head *entry = head.next;
    for (unsigned i = 0; i < ghost_requests_max && entry != &head && sim::in_heap(entry); ++i) {
        if (entry == wanted)
            return true;
        entry = entry->next;
    }
    return false;
}

} // namespace

void rest_unused(const connection_ghost &c)
{
    if (!sim::is_shadowed())
        return;
    const ghost_state &g = ghost();
    slot_mask unused = c.now.on[static_cast<unsigned>(list_of::unused)];
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const fuse::fuse_req *req = g.requests[i].req;
        if ((unused & slot_bit(i)) != 0 && req != nullptr && !sim::is_closed(&req->count))
            sim::mark_resting(req, sizeof *req, &req->list, sizeof req->list);
    }
}

bool is_request_at_rest(const void *address)
{
    const request_ghost *r = find_request(address);
    if (r == nullptr)
        return false;
    for (const connection_ghost &c : known_connections())
        if (c.fc != nullptr && is_on(c.fc->unused_list, &r->req->list))
            return true;
    sim::mark_written(r->req, sizeof *r->req);
    return false;
}

} // namespace interfuse
