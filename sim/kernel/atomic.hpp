// MODELLED: asm/atomic.h. Each operation but the initialiser is a step's one non-mover.
#pragma once

#include "sim/footprint.hpp"
#include "sim/place.hpp"

namespace kernel {

using sim::place;

struct atomic_t {
    int counter;
};

// Takes a reference, or puts one with `more` = -1; how many there are then. For fakes: it is no point and no event. Where tasks do
// nothing to a word but count, a search need not tell in which order; so the fakes' counts lie in words of their own.
inline int count_reference(atomic_t *count, int more = 1)
{
    return sim::add_to_count(&count->counter, more);
}

// For objects that nobody else can reach yet: no point.
void atomic_set(atomic_t *v, int i, place where = place::here());
int atomic_read(const atomic_t *v, place where = place::here());
void atomic_inc(atomic_t *v, place where = place::here());
void atomic_dec(atomic_t *v, place where = place::here());
// True if the result is zero.
bool atomic_dec_and_test(atomic_t *v, place where = place::here());

} // namespace kernel
