// Following the steps of a search.
#include "checker/strategies/guided.hpp"

#include <bit>

#include <fmt/format.h>

#include "sim/run.hpp"

namespace interfuse {

void guided_strategy::begin(std::uint64_t)
{
    step = 0;
    used = 0;
    lost.clear();
}

unsigned guided_strategy::choose(sim::choice_kind kind, unsigned alternatives)
{
    std::uint32_t now = sim::the_run.steps;
    if (now != step) {
        step = now;
        used = 0;
    }
    if (!lost.empty() || step >= path.size())
        return 0;
    bool about_tasks = kind == sim::choice_kind::schedule || kind == sim::choice_kind::preempt;
    return about_tasks ? choose_task(kind) : choose_within(kind, alternatives);
}

unsigned guided_strategy::choose_task(sim::choice_kind kind)
{
    const sim::world &w = sim::the_world();
    std::uint64_t wanted = std::uint64_t{1} << path[step].task;
    if ((w.runnable & wanted) == 0) {
        lost = fmt::format("step {} is that of task {}, which cannot run", step, path[step].task);
        return 0;
    }
    std::uint64_t others = w.runnable;
    if (kind == sim::choice_kind::preempt) {
        if (w.current == path[step].task)
            return 0;
        others &= ~(std::uint64_t{1} << w.current);
    }
    auto before = static_cast<unsigned>(std::popcount(others & (wanted - 1)));
    return kind == sim::choice_kind::preempt ? before + 1 : before;
}

unsigned guided_strategy::choose_within(sim::choice_kind kind, unsigned alternatives)
{
    const std::vector<sim::choice> &answers = path[step].answers;
    if (used == answers.size() || answers[used].kind != kind || answers[used].alternatives != alternatives)
        return 0;
    return answers[used++].answer;
}

} // namespace interfuse
