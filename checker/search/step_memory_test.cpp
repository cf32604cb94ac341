// Whether a step is found again by what it finds, and by nothing else.
#include "checker/search/step_memory.hpp"

#include <array>

#include <gtest/gtest.h>

#include "checker/search/state_search.hpp"
#include "checker/search/testing_search.hpp"
#include "sim/rng.hpp"
#include "sim/run.hpp"
#include "sim/world.hpp"

namespace interfuse {

namespace {

using values = std::vector<step_memory::found_value>;

struct memory_trial {
    memory_trial()
    {
        sim::reset_world(4096);
        first = sim::word_of(sim::allocate(8 * sizeof(std::uint64_t)));
    }

    // The step that loads what is given, one word after the other, and is known by its position.
    void add(const std::vector<std::pair<unsigned, std::uint64_t>> &loads, std::uint64_t position,
             state_key stack = {1, 0})
    {
        values found;
        for (auto [word, value] : loads)
            found.push_back({first + word, value});
        known_step step;
        step.position = position;
        memory.add(stack, found, step);
    }

    std::uint64_t find(const std::vector<std::uint64_t> &world, state_key stack = {1, 0})
    {
        for (std::size_t i = 0; i < world.size(); ++i)
            sim::word_at(first + static_cast<sim::word_index>(i)) = world[i];
        const known_step *step = step_from(stack);
        return step == nullptr ? 0 : step->position;
    }

    const known_step *step_from(state_key stack) const
    {
        step_root root;
        return memory.find(stack, root);
    }

    step_memory memory;
    sim::word_index first = 0;
};

std::uint64_t calls_of_step = 0;

void build_step_of_the_host()
{
    auto *word = static_cast<std::uint64_t *>(sim::allocate(sizeof(std::uint64_t)));
    for (unsigned i = 0; i < 2; ++i)
        start("task", [word] {
            *word += ++calls_of_step;
            sim::point();
        });
}

} // namespace

TEST(StepMemory, FindsAStepWhereAllThatItLoadsIsAsBefore)
{
    memory_trial on;
    EXPECT_EQ(on.find({1, 2, 3}), 0U);
    on.add({{0, 1}, {1, 2}, {2, 3}}, 10);
    EXPECT_EQ(on.find({1, 2, 3}), 10U);
    EXPECT_EQ(on.find({1, 2, 3, 4}), 10U);
    EXPECT_EQ(on.find({0, 2, 3}), 0U);
    EXPECT_EQ(on.find({1, 2, 4}), 0U);
    EXPECT_EQ(on.find({1, 2, 3}, {2, 0}), 0U);
    EXPECT_EQ(on.find({1, 2, 3}, {1, 1}), 0U);
}

TEST(StepMemory, FollowsWhatEachValueLeadsTo)
{
    memory_trial on;
    on.add({{0, 1}, {1, 2}, {2, 3}}, 10);
    on.add({{0, 1}, {1, 5}, {3, 7}}, 11);
    on.add({{0, 1}, {1, 2}, {2, 4}, {4, 1}}, 12);
    on.add({{0, 2}}, 13);
    EXPECT_EQ(on.find({1, 2, 3, 0, 0}), 10U);
    EXPECT_EQ(on.find({1, 5, 3, 7, 0}), 11U);
    EXPECT_EQ(on.find({1, 5, 3, 8, 0}), 0U);
    EXPECT_EQ(on.find({1, 2, 4, 0, 1}), 12U);
    EXPECT_EQ(on.find({1, 2, 4, 0, 0}), 0U);
    EXPECT_EQ(on.find({2, 9, 9, 9, 9}), 13U);
    EXPECT_EQ(on.find({3, 2, 3, 0, 0}), 0U);
}

TEST(StepMemory, PassesOverWhatDoesNotFollow)
{
    memory_trial on;
    on.add({{0, 1}, {1, 2}}, 10);
    on.add({{1, 3}, {0, 1}}, 11);         // another word than before comes first
    on.add({{0, 1}}, 12);                 // fewer
    on.add({{0, 1}, {1, 2}, {2, 3}}, 13); // more
    EXPECT_EQ(on.find({1, 2, 3}), 10U);
    EXPECT_EQ(on.find({1, 3, 3}), 0U);
    on.add({}, 14, {7, 0});
    EXPECT_EQ(on.find({}, {7, 0}), 14U);
}

TEST(StepMemory, NumbersEachStepOnce)
{
    memory_trial on;
    on.add({{0, 1}}, 10);
    on.add({{0, 2}}, 11);
    on.find({1});
    std::uint32_t one = on.memory.number_of(*on.step_from({1, 0}));
    on.find({2});
    std::uint32_t other = on.memory.number_of(*on.step_from({1, 0}));
    EXPECT_EQ(one, 1U);
    EXPECT_EQ(other, 2U);
    EXPECT_GT(on.memory.bytes(), 0U);
    on.memory.forget();
    EXPECT_EQ(on.memory.bytes(), 0U);
    EXPECT_EQ(on.find({1}), 0U);
    on.add({{0, 1}}, 10);
    EXPECT_EQ(on.find({1}), 10U);
    EXPECT_EQ(on.memory.number_of(*on.step_from({1, 0})), 3U);
}

TEST(StepMemory, FindsRootsAgainThatWereForgotten)
{
    memory_trial on;
    step_root root;
    on.add({{0, 1}}, 10);
    on.find({1});
    ASSERT_NE(on.memory.find({1, 0}, root), nullptr);
    on.memory.forget();
    EXPECT_EQ(on.memory.find({1, 0}, root), nullptr);
    on.add({{0, 1}}, 11, {2, 0});
    on.add({{0, 1}}, 12);
    ASSERT_NE(on.memory.find({1, 0}, root), nullptr);
    EXPECT_EQ(on.memory.find({1, 0}, root)->position, 12U);
}

TEST(StepMemory, AgreesWithAListOfAllSteps)
{
    memory_trial on;
    // What is loaded next follows from what was found.
    sim::rng chance(1);
    auto loads_of = [](const std::array<std::uint64_t, 8> &world) {
        std::vector<std::pair<unsigned, std::uint64_t>> loads;
        std::uint64_t next = 0;
        for (unsigned left = 1 + world[0] % 5; left > 0; --left) {
            auto word = static_cast<unsigned>(next % 8);
            loads.emplace_back(word, world[word]);
            next = next * 3 + world[word] + 1;
        }
        return loads;
    };
    unsigned found = 0;
    for (unsigned i = 1; i <= 3000; ++i) {
        std::array<std::uint64_t, 8> world{};
        for (std::uint64_t &word : world)
            word = chance.below(3);
        std::uint64_t does = 0; // follows from what is loaded
        for (auto [word, value] : loads_of(world))
            does = does * 31 + word * 3 + value + 1;
        std::uint64_t known = on.find({world.begin(), world.end()});
        EXPECT_TRUE(known == 0 || known == does);
        found += known != 0;
        if (known == 0)
            on.add(loads_of(world), does);
    }
    EXPECT_GT(found, 2000U);
}

// It depends on something that is not in the world.
TEST(StepMemoryDeathTest, IsComparedWithWhatStepsDo)
{
    EXPECT_DEATH(search(build_step_of_the_host, {.reduce = reduction::none, .self_check = true}),
                 "a step that was remembered does something else when it is taken again");
}

} // namespace interfuse
