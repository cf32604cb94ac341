// Tasks that a search need not tell apart.
#include "checker/search/depth_first.hpp"

namespace interfuse {

// Behind the path's last step.
std::uint64_t depth_first::stirred() const
{
    if (depth == 0)
        return 0;
    const search_frame &f = frames[depth - 1];
    return f.stirred | (f.passed && f.taken.answers.empty() ? 0 : bit_of(f.taken.task));
}

// Those that are in all like an earlier one of them. Of two tasks that were alike at the start, and have taken none but
// the same local steps since, each can be exchanged for the other in the state as it is; so what begins with a step of
// the one also begins with one of the other (symmetry: Emerson and Sistla 1996).
std::uint64_t depth_first::alike_in(std::uint64_t enabled) const
{
    std::uint64_t alike = 0, fresh = enabled & ~stirred();
    for (const alike_pair &each : on.alike_tasks())
        if ((fresh & bit_of(each.later)) != 0 && (fresh & bit_of(each.earlier)) != 0 &&
            way.steps_of(each.later) == way.steps_of(each.earlier))
            alike |= bit_of(each.later);
    return alike;
}

} // namespace interfuse
