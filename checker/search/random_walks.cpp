// Learning by chance.
#include "checker/search/random_walks.hpp"

#include <array>
#include <bit>

#include "checker/search/interruption.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

constexpr std::size_t steps_max = 5000;

class walker {
public:
    walker(step_script &script, world_walk &way, futures *touched, sim::rng &chance)
        : script(script), way(way), touched(touched), chance(chance)
    {
    }

    std::size_t lessons() { return way.learnt().size() + (touched == nullptr ? 0 : touched->learnt().size()); }

    void walk()
    {
        last = sim::tasks_max;
        stays = std::array{1U, 2U, 8U, 32U, 128U}[chance.below(5)];
        while (way.depth() < steps_max && take_step()) {
        }
        while (way.depth() > 0)
            way.back();
    }

private:
    bool take_step()
    {
        std::uint64_t enabled = way.enabled();
        if (enabled == 0)
            return false;
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
        if (touched != nullptr)
            learn(task, stood_at);
        return continues;
    }

    void learn(unsigned task, std::uint64_t stood_at)
    {
        way.find_replaced(replaced);
        touched->learn_step(task, stood_at, way.position(task), replaced, step);
        if (touched->conflicts(step, way.alive() & ~(std::uint64_t{1} << task), way.all_positions()) != 0)
            touched->learn_conflict(stood_at);
    }

    step_script &script;
    world_walk &way;
    futures *touched;
    sim::rng &chance;
    unsigned last = 0;  // task that took a step
    unsigned stays = 1; // so many steps it takes on average before another one does
    step_touches step;
    std::vector<sim::word_index> replaced;
};

} // namespace

void learn_from_random_walks(step_script &script, world_walk &way, futures *touched, sim::rng &chance, std::uint64_t idle_walks,
                             std::chrono::steady_clock::time_point deadline)
{
    walker by_chance(script, way, touched, chance);
    for (std::uint64_t idle = 0; idle < idle_walks; ++idle) {
        if (interruption() != 0 || std::chrono::steady_clock::now() >= deadline)
            return;
        std::size_t before = by_chance.lessons();
        by_chance.walk();
        if (by_chance.lessons() != before)
            idle = 0;
    }
    if (touched != nullptr)
        touched->take_effect();
    way.take_effect();
}

} // namespace interfuse
