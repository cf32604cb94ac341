#include "checker/search/tally.hpp"

#include <gtest/gtest.h>

#include "sim/rng.hpp"

namespace interfuse {

static run_result result_of(std::uint64_t run)
{
    run_result result;
    bool found = run % 10 == 3;
    result.verdict.kind = found ? sim::verdict_kind::violation : sim::verdict_kind::done;
    result.fingerprint = found ? 100 + run % 3 : 0;
    result.steps = static_cast<std::uint32_t>(run);
    std::uint64_t state = run;
    result.record_hash = sim::splitmix64(state);
    return result;
}

static tally tally_of(std::uint64_t first, std::uint64_t end, const char *scenario = "one-request")
{
    tally sums;
    for (std::uint64_t run = first; run < end; ++run)
        sums.add_run(run, result_of(run), salt_of(scenario));
    return sums;
}

TEST(Tally, FoldedFromPartsEqualsTheWhole)
{
    tally whole = tally_of(0, 100);
    tally folded = tally_of(0, 37);
    folded.fold(tally_of(37, 100));
    EXPECT_EQ(folded.digest, whole.digest);
    EXPECT_EQ(folded.runs, 100U);
    EXPECT_EQ(folded.steps, whole.steps);
    EXPECT_EQ(folded.verdicts, whole.verdicts);
    EXPECT_EQ(folded.schedules, whole.schedules);
    ASSERT_EQ(folded.listed().size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(folded.listed()[i].fingerprint, whole.listed()[i].fingerprint);
        EXPECT_EQ(folded.listed()[i].count, whole.listed()[i].count);
        EXPECT_EQ(folded.listed()[i].first_run, whole.listed()[i].first_run);
    }
}

TEST(Tally, DigestsOfTwoScenariosDoNotCancelOrCoincide)
{
    EXPECT_NE(tally_of(0, 10, "init").digest, tally_of(0, 10, "unmount").digest);
    EXPECT_NE(tally_of(0, 10).digest, tally_of(0, 11).digest);
}

TEST(Tally, CountsFindingsThatItHasNoRoomFor)
{
    tally sums;
    for (std::uint64_t i = 1; i <= tally::findings_max + 5; ++i) {
        run_result result = result_of(3);
        result.fingerprint = i;
        sums.add_run(i, result, 0);
    }
    EXPECT_EQ(sums.listed().size(), tally::findings_max);
    EXPECT_EQ(sums.findings_unlisted, 5U);
}

} // namespace interfuse
