// The only user of Boost.Context.
#include "sim/fiber.hpp"

#include <cstring>

#include <boost/context/detail/fcontext.hpp>
#include <xmmintrin.h>

#include "sim/arena.hpp"

namespace sim {

namespace {

using boost::context::detail::transfer_t;

void first_activation(transfer_t from)
{
    *static_cast<void **>(from.data) = from.fctx;
    run_task_body();
}

} // namespace

void *make_context(unsigned task)
{
    // A new stack has the same bytes whatever ran there before.
    std::byte *top = stack_top(task);
    std::memset(top - 256, 0, 256);
    return boost::context::detail::make_fcontext(top, static_cast<std::size_t>(top - stack_low(task)), first_activation);
}

void switch_context(void *to, void **from)
{
    transfer_t back = boost::context::detail::jump_fcontext(to, from);
    *static_cast<void **>(back.data) = back.fctx;
}

void wipe_below(void *context, std::size_t bytes)
{
    std::memset(static_cast<std::byte *>(context) - bytes, 0, bytes);
}

void clear_floating_point_flags()
{
    _mm_setcsr(_mm_getcsr() & ~static_cast<unsigned>(_MM_EXCEPT_MASK));
}

} // namespace sim
