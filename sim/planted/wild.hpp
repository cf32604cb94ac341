// Code that goes wrong, compiled and instrumented as a core is; its places read core/planted/.
#pragma once

namespace sim {

void read_through(const int *pointer);
void call_through(void (*target)());
// Calls call_through.
void pass_on(void (*target)());
int divide(int dividend, int divisor);
int recurse(const volatile char *above);
// Returns when the flag is not 0.
void wait_for(const int *flag);
// Calls wait_for.
void wait_patiently(const int *flag);
void fill(char *to, unsigned bytes);
// Executes an illegal instruction.
void stop();

struct chained {
    chained *next;
};
unsigned count_chain(const chained *head);
[[gnu::always_inline]] inline const chained *next_of(const chained *at)
{
    return at->next;
}
// Whether another one follows, by next_of.
bool has_next(const chained *at);

} // namespace sim
