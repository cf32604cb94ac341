// Walking and learning by chance.
#include "checker/search/random_walks.hpp"

#include <array>
#include <bit>

#include "checker/search/interruption.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

constexpr std::size_t steps_max = 5000;
constexpr std::uint64_t walks_of_first_round = 100;

} // namespace

void random_walker::walk(const after_step &after, const persistent_sets *sets)
{
    last = sim::tasks_max;
    stays = std::array{1U, 2U, 8U, 32U, 128U}[chance.below(5)];
    while (way.depth() < steps_max && take_step(after, sets)) {
    }
    while (way.depth() > 0)
        way.back();
}

bool random_walker::take_step(const after_step &after, const persistent_sets *sets)
{
    std::uint64_t enabled = way.enabled();
    if (enabled == 0)
        return false;
    if (sets != nullptr)
        enabled = sets->choose(enabled, way.alive(), way.all_positions()).tasks;
    unsigned task = last;
    if ((enabled >> task & 1) == 0 || chance.below(stays) == 0) {
        for (std::uint32_t skip = chance.below(static_cast<std::uint32_t>(std::popcount(enabled))); skip > 0; --skip)
            enabled &= enabled - 1;
        task = static_cast<unsigned>(std::countr_zero(enabled));
    }
    last = task;
    script.answers.clear();
    script.used = 0;
    script.chance = &chance;
    std::uint64_t stood_at = way.position(task);
    bool continues = way.step(task);
    script.chance = nullptr;
    return after(task, stood_at, continues) && continues;
}

namespace {

class learning_walker {
public:
    // `sets`: null if they are not asked for.
    learning_walker(step_script &script, world_walk &way, persistent_sets *sets, sim::rng &chance)
        : walker(script, way, chance), way(way), sets(sets)
    {
    }

    // Every other time as a search would: what speaks against its sets is met on its ways.
    void walk()
    {
        auto after = [&](unsigned task, std::uint64_t stood_at, bool continues) {
            ++steps;
            if (sets != nullptr)
                sets->seen.learn_step(task, stood_at, way, continues);
            return true;
        };
        walker.walk(after, ++walks % 2 == 0 ? sets : nullptr);
    }

    std::uint64_t steps = 0;

private:
    random_walker walker;
    world_walk &way;
    persistent_sets *sets;
    std::uint64_t walks = 0;
};

} // namespace

void learn_from_random_walks(step_script &script, world_walk &way, persistent_sets *sets, sim::rng &chance,
                             std::uint64_t steps_least, std::uint64_t steps_most,
                             std::chrono::steady_clock::time_point deadline)
{
    learning_walker walker(script, way, sets, chance);
    if (sets != nullptr)
        sets->seen.learn_start(way.alive(), way.all_positions());
    auto is_time = [&] { return interruption() == 0 && std::chrono::steady_clock::now() < deadline; };
    // Each round is as long as all before, since putting its lessons to use takes a while.
    std::uint64_t walks = walks_of_first_round;
    for (bool matters = true; (matters || walker.steps < steps_least) && walker.steps < steps_most && is_time(); walks *= 2) {
        for (std::uint64_t left = walks; left > 0 && walker.steps < steps_most && is_time(); --left)
            walker.walk();
        matters = !way.learnt().empty();
        way.take_effect();
        matters = (sets != nullptr && sets->take_effect()) || matters;
    }
}

void learn_from_walks_meanwhile(step_script &script, world_walk &way, persistent_sets &sets, sim::rng &chance,
                                std::chrono::milliseconds time)
{
    learning_walker walker(script, way, &sets, chance);
    for (auto end = std::chrono::steady_clock::now() + time; std::chrono::steady_clock::now() < end;)
        walker.walk();
}

} // namespace interfuse
