// Numbering call stacks.
#include "sim/call_chain.hpp"

#include "sim/chain.hpp"

namespace sim {

static chain_list chains;
std::array<std::array<std::uint32_t, call_depth_max + 1>, tasks_max + 1> call_chains;

std::uint32_t number_calls()
{
    call_stack &calls = *the_run.calls_now;
    auto &of_task = call_chains[current_task()];
    unsigned depth = std::min(calls.depth, call_depth_max);
    for (; calls.numbered < depth; ++calls.numbered)
        of_task[calls.numbered + 1] = chains.extend(of_task[calls.numbered],
                                                    reinterpret_cast<std::uintptr_t>(calls.callers[calls.numbered]));
    return of_task[depth];
}

void begin_call_chains()
{
    chains.forget();
}

std::vector<const void *> callers_in(std::uint32_t calls)
{
    std::vector<const void *> found;
    for (; calls != 0; calls = chains.tail_of(calls))
        found.push_back(reinterpret_cast<const void *>(chains.word_of(calls)));
    return found;
}

} // namespace sim
