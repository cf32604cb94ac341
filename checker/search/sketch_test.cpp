#include "checker/search/sketch.hpp"

#include <gtest/gtest.h>

#include "sim/rng.hpp"

namespace interfuse {

TEST(Sketch, EstimatesWithinAFewPerCentFromTensToMillions)
{
    for (std::uint64_t count : {0, 10, 1'000, 10'000, 1'000'000}) {
        sketch seen;
        std::uint64_t state = count;
        for (std::uint64_t i = 0; i < count; ++i)
            seen.add(sim::splitmix64(state));
        EXPECT_NEAR(static_cast<double>(seen.estimate()), static_cast<double>(count),
                    0.06 * static_cast<double>(count));
    }
}

TEST(Sketch, CountsARepeatedHashOnce)
{
    sketch seen;
    for (unsigned i = 0; i < 100'000; ++i) {
        std::uint64_t state = i % 100;
        seen.add(sim::splitmix64(state));
    }
    EXPECT_NEAR(static_cast<double>(seen.estimate()), 100, 5);
}

TEST(Sketch, MergesToTheSameInAnyOrder)
{
    sketch whole;
    sketch parts[2];
    for (std::uint64_t i = 0; i < 10'000; ++i) {
        std::uint64_t state = i;
        std::uint64_t hash = sim::splitmix64(state);
        whole.add(hash);
        parts[i % 2].add(hash);
    }
    sketch forwards = parts[0];
    forwards.merge(parts[1]);
    sketch backwards = parts[1];
    backwards.merge(parts[0]);
    EXPECT_EQ(forwards, whole);
    EXPECT_EQ(backwards, whole);
}

} // namespace interfuse
