// Telling the rows apart: by the event, the function it happens in and that function's caller, and by the state that
// the ghost remembers from before.
#include "checker/coverage/transition_rows.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "checker/invariants/ghost.hpp"
#include "sim/debug_info.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

using sim::event_kind;
using namespace kernel::fuse;

enum class field_of : std::uint8_t { state, locked, count };
enum class only_if : std::uint8_t { always, copied, not_copied, preallocated, allocated };

struct row_match {
    transition_row row;
    field_of field;
    std::uint64_t value; // of the store; of a count what is left
    std::string_view function;
    std::string_view caller; // empty: any
    int before;              // a state, or any_state
    only_if when = only_if::always;
};

constexpr int any_state = -1;
constexpr std::uint64_t any_value = ~std::uint64_t{0};

constexpr row_match matches[] = {
    {{"unused", "INIT", "do_get_request"}, field_of::count, 1, "fuse_request_init", "do_get_request", any_state},
    {{"new", "INIT", "fuse_request_alloc"}, field_of::count, 1, "fuse_request_init", "fuse_request_alloc", any_state},
    {{"FINISHED", "INIT", "fuse_reset_request"},
     field_of::count,
     1,
     "fuse_request_init",
     "fuse_reset_request",
     any_state},
    {{"INIT", "PENDING", "queue_request"}, field_of::state, FUSE_REQ_PENDING, "queue_request", "", FUSE_REQ_INIT},
    {{"FINISHED", "PENDING", "queue_request: sent again as FORGET, without a reset"},
     field_of::state,
     FUSE_REQ_PENDING,
     "queue_request",
     "",
     FUSE_REQ_FINISHED},
    {{"PENDING", "READING", "fuse_dev_readv"},
     field_of::state,
     FUSE_REQ_READING,
     "fuse_dev_readv",
     "",
     FUSE_REQ_PENDING},
    {{"READING", "FINISHED", "fuse_dev_readv: short buffer, copy error, interrupted, or no reply wanted"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "fuse_dev_readv",
     FUSE_REQ_READING},
    {{"READING", "SENT", "fuse_dev_readv"}, field_of::state, FUSE_REQ_SENT, "fuse_dev_readv", "", FUSE_REQ_READING},
    {{"SENT", "SENT, locked", "fuse_dev_writev"}, field_of::locked, 1, "fuse_dev_writev", "", FUSE_REQ_SENT},
    {{"SENT (io)", "FINISHED", "fuse_dev_writev"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "fuse_dev_writev",
     FUSE_REQ_SENT,
     only_if::copied},
    {{"SENT (processing), interrupted", "FINISHED", "fuse_dev_writev: late reply"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "fuse_dev_writev",
     FUSE_REQ_SENT,
     only_if::not_copied},
    {{"PENDING", "FINISHED", "end_requests"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "end_requests",
     FUSE_REQ_PENDING},
    {{"SENT (processing)", "FINISHED", "end_requests"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "end_requests",
     FUSE_REQ_SENT},
    {{"READING", "FINISHED", "end_io_requests"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "end_io_requests",
     "",
     FUSE_REQ_READING},
    {{"SENT (io)", "FINISHED", "end_io_requests"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "end_io_requests",
     "",
     FUSE_REQ_SENT},
    {{"FINISHED", "FINISHED", "fuse_dev_readv: the copier of an aborted request"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "fuse_dev_readv",
     FUSE_REQ_FINISHED},
    {{"FINISHED", "FINISHED", "fuse_dev_writev: the copier of an aborted request"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "fuse_dev_writev",
     FUSE_REQ_FINISHED},
    {{"PENDING", "left", "request_wait_answer: killed"},
     field_of::count,
     any_value,
     "__fuse_put_request",
     "",
     FUSE_REQ_PENDING},
    {{"READING, interrupted", "left", "fuse_put_request: killed, and the reader finishes it"},
     field_of::count,
     any_value,
     "fuse_put_request",
     "",
     FUSE_REQ_READING},
    {{"SENT, interrupted", "left", "fuse_put_request: killed, with references from background_request"},
     field_of::count,
     any_value,
     "fuse_put_request",
     "",
     FUSE_REQ_SENT},
    {{"INIT", "FINISHED", "request_send_nowait: dead connection"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "request_send_nowait",
     FUSE_REQ_INIT},
    {{"FINISHED", "FINISHED", "request_send_nowait: sent again as FORGET, dead connection",
      "finding 6 of PORT.md, an oops, ends the run before the state is stored"},
     field_of::state,
     FUSE_REQ_FINISHED,
     "request_end",
     "request_send_nowait",
     FUSE_REQ_FINISHED},
    {{"count 0", "unused", "fuse_putback_request: to the pool"},
     field_of::count,
     0,
     "",
     "",
     any_state,
     only_if::preallocated},
    {{"count 0", "freed", "fuse_putback_request: to the slab"},
     field_of::count,
     0,
     "",
     "",
     any_state,
     only_if::allocated},
};
constexpr std::size_t rows = std::size(matches);
static_assert(rows <= 32);

bool noted = false;
std::uint32_t reached = 0;

// The function that called the innermost one of the running task.
std::string_view caller_now()
{
    const sim::call_stack &calls = *sim::the_run.calls_now;
    if (calls.depth == 0)
        return "";
    auto pc = static_cast<const std::byte *>(calls.callers[(calls.depth - 1) % sim::call_depth_max]);
    return sim::place_of(pc - 1).function();
}

bool holds(only_if condition, const request_ghost &r)
{
    switch (condition) {
    case only_if::copied:
        return r.copier == sim::current_task();
    case only_if::not_copied:
        return r.copier != sim::current_task();
    case only_if::preallocated:
        return r.req->preallocated;
    case only_if::allocated:
        return !r.req->preallocated;
    default:
        return true;
    }
}

const void *address_of(field_of field, const fuse_req &req)
{
    switch (field) {
    case field_of::state:
        return &req.state;
    case field_of::locked:
        return &req.locked;
    default:
        return &req.count;
    }
}

bool fits(const row_match &m, const request_ghost &r, const sim::event &what)
{
    return what.object == address_of(m.field, *r.req) && (m.value == any_value || m.value == what.value) &&
           (m.function.empty() || m.function == what.where.function()) &&
           (m.before == any_state || m.before == static_cast<int>(r.state)) && holds(m.when, r) &&
           (m.caller.empty() || m.caller == caller_now());
}

} // namespace

std::span<const transition_row> transition_rows()
{
    static const auto table = [] {
        std::array<transition_row, rows> only;
        std::ranges::transform(matches, only.begin(), [](const row_match &m) { return m.row; });
        return only;
    }();
    return table;
}

void note_rows()
{
    noted = true;
    reached = 0;
}

bool are_rows_noted()
{
    return noted;
}

void note_row(const sim::event &what)
{
    using enum event_kind;
    if (what.kind != store && what.kind != atomic_set && what.kind != atomic_dec)
        return;
    const request_ghost *r = find_request(what.object);
    if (r == nullptr)
        return;
    for (unsigned i = 0; i < rows; ++i)
        if ((reached >> i & 1) == 0 && fits(matches[i], *r, what))
            reached |= std::uint32_t{1} << i;
}

std::uint32_t reached_rows()
{
    return reached;
}

} // namespace interfuse
