// What is said about the rest of a search.
#include "checker/search/forecast.hpp"

#include <gtest/gtest.h>

#include "checker/search/depth_first.hpp"
#include "checker/search/testing_search.hpp"
#include "sim/kernel/atomic.hpp"

namespace interfuse {

namespace {

void build_counters()
{
    auto *counter = static_cast<kernel::atomic_t *>(sim::allocate(sizeof(kernel::atomic_t)));
    for (int task = 0; task < 3; ++task)
        start("counter", [counter] {
            for (int i = 0; i < 4; ++i)
                kernel::atomic_inc(counter);
        });
}

// A search that ends after so many states, and what a look then guesses.
struct searched_part {
    explicit searched_part(std::uint64_t states_max)
    {
        bounds.states_max = states_max;
        on.begin_search(script);
        world_walk way(false);
        visited_set visited(std::size_t{1} << 30);
        persistent_sets sets(false);
        depth_first search(on, bounds, script, way, sets, visited, nullptr);
        if (states_max > 0)
            search.run([](const depth_first &) {});
        states = search.counts.states;
        forecast prospect(bounds, script, way, sets, visited);
        EXPECT_EQ(prospect.states(), std::nullopt);
        prospect.look(states);
        guess = prospect.states();
        EXPECT_EQ(way.depth(), 0);
        on.end_search();
    }

    runner on{setup_of(build_counters)};
    step_script script;
    search_bounds bounds;
    std::uint64_t states = 0;
    std::optional<std::uint64_t> guess;
};

} // namespace

TEST(Forecast, IsRightAboutASearchThatIsThrough)
{
    searched_part all(UINT64_MAX);
    EXPECT_GT(all.states, 100);
    EXPECT_EQ(all.guess, all.states);
}

TEST(Forecast, ExpectsMoreOfOneThatIsNot)
{
    std::uint64_t states = searched_part(UINT64_MAX).states;
    searched_part half(states / 2);
    ASSERT_EQ(half.states, states / 2);
    ASSERT_TRUE(half.guess);
    EXPECT_GT(*half.guess, half.states);
    EXPECT_LT(*half.guess, states * 4);
}

TEST(Forecast, SaysNothingWhereNoStateIsKnown)
{
    EXPECT_EQ(searched_part(0).guess, std::nullopt);
}

} // namespace interfuse
