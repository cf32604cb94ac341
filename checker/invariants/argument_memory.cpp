// Arguments in the stack of a task that has left.
#include "checker/invariants/argument_memory.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "checker/invariants/ghost.hpp"
#include "checker/invariants/names.hpp"
#include "sim/kernel/sched.hpp"

namespace interfuse {

namespace {

bool in_stack_of(unsigned task, const void *address)
{
    auto at = static_cast<const std::byte *>(address);
    return at >= sim::stack_low(task) && at < sim::stack_top(task);
}

bool has_argument_in_stack(const fuse::fuse_req &req, unsigned task)
{
    auto in_args = std::min(req.in.numargs, 3U);
    auto out_args = std::min(req.out.numargs, 3U);
    for (unsigned i = 0; i < in_args; ++i)
        if (in_stack_of(task, req.in.args[i].value))
            return true;
    for (unsigned i = 0; i < out_args; ++i)
        if (in_stack_of(task, req.out.args[i].value))
            return true;
    return false;
}

} // namespace

std::optional<broken> check_argument_memory()
{
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        if (r.req == nullptr || r.owner == nobody || r.req->locked.peek() == 0)
            continue;
        if (r.owner_left && has_argument_in_stack(*r.req, r.owner))
            return broken{fmt::format("{} is locked for copying, but {}, whose stack holds its arguments, has left its "
                                      "system call", name_of_request(*r.req), sim::the_world().tasks[r.owner].name)};
    }
    return std::nullopt;
}

} // namespace interfuse
