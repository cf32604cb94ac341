// Atomic counters.
#include "sim/kernel/atomic.hpp"

#include "sim/run.hpp"
#include "sim/shadow.hpp"

namespace kernel {

using sim::emit;
using sim::event_kind;
using sim::point_before_operation;

static std::uint64_t shown(int i)
{
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(i));
}

// Behind the event, which tells of a counter that is gone.
static void counter_loaded(const atomic_t *v, const place &where)
{
    sim::field_loaded({v, sizeof v->counter, false, nullptr}, where);
}

void atomic_set(atomic_t *v, int i, place where)
{
    sim::fine_point();
    v->counter = i;
    sim::wrote(&v->counter, sizeof v->counter, where);
    emit(event_kind::atomic_set, v, shown(i), where);
}

int atomic_read(const atomic_t *v, place where)
{
    point_before_operation();
    emit(event_kind::atomic_read, v, shown(v->counter), where);
    counter_loaded(v, where);
    return v->counter;
}

void atomic_inc(atomic_t *v, place where)
{
    point_before_operation();
    emit(event_kind::atomic_inc, v, shown(count_reference(v)), where);
    counter_loaded(v, where);
}

void atomic_dec(atomic_t *v, place where)
{
    point_before_operation();
    emit(event_kind::atomic_dec, v, shown(count_reference(v, -1)), where);
    counter_loaded(v, where);
}

bool atomic_dec_and_test(atomic_t *v, place where)
{
    point_before_operation();
    int left = count_reference(v, -1);
    emit(event_kind::atomic_dec, v, shown(left), where);
    counter_loaded(v, where);
    return left == 0;
}

} // namespace kernel
