// Numbering call stacks.
#include "sim/call_chain.hpp"

#include <algorithm>
#include <array>

#include "sim/chain.hpp"
#include "sim/run.hpp"

namespace sim {

static chain_table chains;
// By task and depth: the chain of the calls up to there, as far as call_stack::numbered says that they are the same still.
static std::array<std::array<std::uint32_t, call_depth_max + 1>, tasks_max + 1> numbers;

std::uint32_t calls_now()
{
    call_stack &calls = *the_run.calls_now;
    auto &of_task = numbers[current_task()];
    unsigned depth = std::min(calls.depth, call_depth_max);
    for (; calls.numbered < depth; ++calls.numbered)
        of_task[calls.numbered + 1] = chains.extend(of_task[calls.numbered],
                                                    reinterpret_cast<std::uintptr_t>(calls.callers[calls.numbered]));
    return of_task[depth];
}

std::vector<const void *> callers_in(std::uint32_t calls)
{
    std::vector<const void *> found;
    for (; calls != 0; calls = chains.tail_of(calls))
        found.push_back(reinterpret_cast<const void *>(chains.word_of(calls)));
    return found;
}

} // namespace sim
