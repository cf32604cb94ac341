// Walking and learning by chance.
#include "checker/search/random_walks.hpp"

#include <array>
#include <bit>

#include "checker/search/interruption.hpp"
#include "sim/run.hpp"

namespace interfuse {

namespace {

constexpr std::size_t steps_max = 5000;

} // namespace

void random_walker::walk(const after_step &after)
{
    last = sim::tasks_max;
    stays = std::array{1U, 2U, 8U, 32U, 128U}[chance.below(5)];
    while (way.depth() < steps_max && take_step(after)) {
    }
    while (way.depth() > 0)
        way.back();
}

bool random_walker::take_step(const after_step &after)
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
    return after(task, stood_at, continues) && continues;
}

void learn_from_random_walks(step_script &script, world_walk &way, futures *touched, local_steps *local,
                             sim::rng &chance, std::uint64_t idle_walks,
                             std::chrono::steady_clock::time_point deadline)
{
    random_walker walker(script, way, chance);
    step_touches step;
    std::vector<sim::word_index> replaced;
    auto learn = [&](unsigned task, std::uint64_t stood_at, bool continues) {
        if (touched != nullptr || local != nullptr)
            way.find_replaced(replaced);
        if (local != nullptr)
            local->learn_step(task, stood_at, replaced, continues);
        if (touched == nullptr)
            return true;
        touched->learn_step(task, stood_at, way.position(task), replaced, step);
        if (touched->conflicts(step, way.alive() & ~(std::uint64_t{1} << task), way.all_positions()) != 0)
            touched->learn_conflict(stood_at);
        return true;
    };
    auto lessons = [&] {
        return way.learnt().size() + (touched == nullptr ? 0 : touched->learnt().size()) +
               (local == nullptr ? 0 : local->learnt().size());
    };
    if (local != nullptr)
        local->learn_places(true);
    for (std::uint64_t idle = 0; idle < idle_walks; ++idle) {
        if (interruption() != 0 || std::chrono::steady_clock::now() >= deadline)
            break;
        std::size_t before = lessons();
        walker.walk(learn);
        if (lessons() != before)
            idle = 0;
    }
    if (local != nullptr) {
        local->learn_places(false);
        local->take_effect();
    }
    if (touched != nullptr)
        touched->take_effect();
    way.take_effect();
}

} // namespace interfuse
