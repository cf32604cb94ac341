// The window in which the arguments are mapped beside a page of the user's: no fault, and no interruption before it.
#include "checker/invariants/copying.hpp"

#include <fmt/format.h>

#include "checker/invariants/names.hpp"
#include "sim/kernel/mm.hpp"
#include "sim/world.hpp"

namespace interfuse {

void follow_locked(request_ghost &r, const sim::event &what)
{
    ghost_state &g = changing_ghost();
    g.locked &= ~slot_bit(slot_of(r));
    if (what.value == 0)
        return;
    g.locked |= slot_bit(slot_of(r));
    g.copying_touched = true;
    r.copier = static_cast<std::uint8_t>(sim::current_task());
    if (r.req->interrupted)
        violated("locked", fmt::format("{} is locked for copying after it was interrupted", name_of_request(*r.req)),
                 what);
}

void follow_user_memory(const sim::event &what)
{
    unsigned self = sim::current_task();
    const kernel::mm_struct *mm = kernel::task_of(self)->mm;
    if (what.kind == sim::event_kind::read_lock && (mm == nullptr || what.object != &mm->mmap_sem))
        return;
    const ghost_state &g = ghost();
    for (unsigned i = 0; i < g.requests_high; ++i) {
        const request_ghost &r = g.requests[i];
        if (r.req != nullptr && r.copier == self && r.req->locked.peek() != 0)
            violated("locked", fmt::format("{} looks for a page of the user's while {} is locked for copying",
                                           sim::the_world().tasks[self].name, name_of_request(*r.req)), what);
    }
}

} // namespace interfuse
