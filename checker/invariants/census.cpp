// Counting who is on which list.
#include "checker/invariants/census.hpp"

#include <bit>

#include "checker/invariants/resting.hpp"

namespace interfuse {

namespace {

using kernel::list_head;

constexpr unsigned background_list = static_cast<unsigned>(list_of::background);

constexpr std::array<list_head fuse::fuse_conn::*, lists> heads = {
    &fuse::fuse_conn::pending, &fuse::fuse_conn::processing, &fuse::fuse_conn::io, &fuse::fuse_conn::unused_list,
    &fuse::fuse_conn::background};

// The slot of the request that the entry is part of; ghost_requests_max if there is none.
unsigned slot_at(const list_head *entry, unsigned list)
{
    const fuse::fuse_req *req = list == background_list ? kernel::list_entry<&fuse::fuse_req::bg_entry>(entry)
                                                        : kernel::list_entry<&fuse::fuse_req::list>(entry);
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.requests_high; ++i)
        if (g.requests[i].req == req)
            return i;
    return ghost_requests_max;
}

void note(census &all, flaw what, unsigned list, unsigned entry, unsigned slot = 0)
{
    if (all.found != flaw::none)
        return;
    all.found = what;
    all.list = static_cast<std::uint8_t>(list);
    all.entry = static_cast<std::uint8_t>(entry);
    all.slot = static_cast<std::uint8_t>(slot);
}

// `elsewhere` are the requests that were met on other lists.
void walk(const fuse::fuse_conn &fc, unsigned list, slot_mask elsewhere, census &all)
{
    const list_head *head = head_of(fc, list);
    const list_head *previous = head;
    unsigned n = 0;
    for (const list_head *entry = head->next; entry != head; entry = entry->next) {
        if (!sim::in_heap(entry) || n == ghost_requests_max)
            return note(all, flaw::corrupt, list, n);
        unsigned slot = slot_at(entry, list);
        bool is_elsewhere = slot != ghost_requests_max && (elsewhere & slot_bit(slot)) != 0;
        // What is on two lists has the neighbours of the one that it came to last.
        if (entry->prev != previous)
            return note(all, is_elsewhere ? flaw::on_two_lists : flaw::corrupt, list, n, slot);
        previous = entry;
        if (slot == ghost_requests_max)
            return note(all, flaw::no_request, list, n);
        all.on[list] |= slot_bit(slot);
        ++n;
    }
    if (head->prev != previous)
        note(all, flaw::corrupt_end, list, n);
}

slot_mask interrupted_requests()
{
    const ghost_state &g = ghost();
    slot_mask found = 0;
    for (unsigned i = 0; i < g.requests_high; ++i)
        if (g.requests[i].req != nullptr && g.requests[i].used && g.requests[i].req->interrupted)
            found |= slot_bit(i);
    return found;
}

} // namespace

const list_head *head_of(const fuse::fuse_conn &fc, unsigned list)
{
    return &(fc.*heads[list]);
}

const char *name_of(list_of list)
{
    static constexpr std::array<const char *, lists> names = {"fc->pending", "fc->processing", "fc->io",
                                                              "fc->unused_list", "fc->background"};
    return names[static_cast<unsigned>(list)];
}

void take_census(connection_ghost &c)
{
    c.before = c.now;
    census now{};
    slot_mask elsewhere = 0;
    for (unsigned list = 0; list < lists; ++list) {
        walk(*c.fc, list, list == background_list ? 0 : elsewhere, now);
        elsewhere |= now.on[list];
        c.heads[list] = *head_of(*c.fc, list);
    }
    now.interrupted = interrupted_requests();
    now.connected = c.fc->connected.peek() != 0;
    c.now = now;
    c.spare = static_cast<std::uint8_t>(std::popcount(now.on[static_cast<unsigned>(list_of::unused)]));
    rest_unused(c);
}

} // namespace interfuse
