// What wild code does.
#include "sim/planted/wild.hpp"

namespace sim {

static volatile int sink;

void read_through(const int *pointer)
{
    sink = *pointer;
}

void call_through(void (*target)())
{
    target();
    sink = 1;
}

void pass_on(void (*target)())
{
    call_through(target);
    sink = 2;
}

int divide(int dividend, int divisor)
{
    return dividend / divisor;
}

int recurse(const volatile char *above)
{
    volatile char frame[512];
    frame[0] = above == nullptr ? '\0' : above[0];
    return sink == -1 ? 0 : recurse(frame) + frame[0];
}

void wait_for(const int *flag)
{
    const volatile int *watched = flag;
    while (*watched == 0)
        continue;
}

void wait_patiently(const int *flag)
{
    wait_for(flag);
    sink = 3;
}

void fill(char *to, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; ++i)
        to[i] = 'x';
}

bool has_next(const chained *at)
{
    return next_of(at) != nullptr;
}

unsigned count_chain(const chained *head)
{
    unsigned count = 0;
    for (const chained *at = head->next; at != head; at = at->next)
        ++count;
    return count;
}

void stop()
{
    __builtin_trap();
}

} // namespace sim
