// The state machine of requests.
#include "checker/invariants/transitions.hpp"

#include <array>

#include "sim/run.hpp"

namespace interfuse {

std::string_view name_of(fuse::fuse_req_state state)
{
    static constexpr std::array<std::string_view, 5> names = {"INIT", "PENDING", "READING", "SENT", "FINISHED"};
    auto index = static_cast<unsigned>(state);
    return index < names.size() ? names[index] : "an unknown state";
}

bool may_change(const request_ghost &r, fuse::fuse_req_state next)
{
    using namespace kernel::fuse;
    unsigned self = sim::current_task();
    switch (next) {
    case FUSE_REQ_PENDING:
        // A lookup sends its finished request again, as FORGET, without a reset.
        return r.state == FUSE_REQ_INIT || (r.state == FUSE_REQ_FINISHED && r.requester == self && !r.req->isreply);
    case FUSE_REQ_READING:
        return r.state == FUSE_REQ_PENDING;
    case FUSE_REQ_SENT:
        return r.state == FUSE_REQ_READING;
    case FUSE_REQ_FINISHED:
        if (r.state != FUSE_REQ_FINISHED)
            return true;
        // Twice is legal for a copier whose request was aborted, and for a FORGET on a dead connection.
        return r.copier_ends || (r.requester == self && !r.req->isreply);
    default:
        return false;
    }
}

bool is_being_copied(const fuse::fuse_req &req)
{
    for (const connection_ghost &c : known_connections()) {
        const fuse::fuse_conn *fc = c.fc;
        if (fc == nullptr)
            continue;
        const kernel::list_head *entry = fc->io.next;
        for (unsigned n = 0; entry != &fc->io && n < ghost_requests_max && sim::in_heap(entry); ++n, entry = entry->next)
            if (entry == &req.list)
                return true;
    }
    return false;
}

} // namespace interfuse
