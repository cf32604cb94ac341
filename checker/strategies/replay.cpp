// Choices answered from a list.
#include "checker/strategies/replay.hpp"

#include <fmt/format.h>

#include "sim/run.hpp"

namespace interfuse {

replay_strategy::replay_strategy(std::vector<sim::choice> list) : choices(std::move(list)) {}

void replay_strategy::begin(std::uint64_t)
{
    next = 0;
    found.reset();
}

static std::string describe(sim::choice_kind kind, unsigned alternatives)
{
    return fmt::format("a choice of {} among {}", sim::name_of(kind), alternatives);
}

unsigned replay_strategy::choose(sim::choice_kind kind, unsigned alternatives)
{
    if (found)
        return 0;
    bool listed = next < choices.size();
    if (!listed || choices[next].kind != kind || choices[next].alternatives != alternatives) {
        std::string expected = listed ? describe(choices[next].kind, choices[next].alternatives) : "no further choice";
        found = {sim::the_run.steps, next, std::move(expected), describe(kind, alternatives)};
        return 0;
    }
    return choices[next++].answer;
}

} // namespace interfuse
