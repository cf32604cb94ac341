#include <bit>

#include <gtest/gtest.h>

#include "checker/coverage/transition_rows.hpp"
#include "checker/runner.hpp"
#include "checker/strategies/strategy.hpp"
#include "scenarios/all.hpp"

namespace interfuse {

static std::uint32_t rows_of(const scenario &which, const std::vector<parameter_value> &set = {})
{
    note_rows();
    runner on({.which = &which, .parameters = complete_parameters(which, set).values, .limits = {}});
    auto chooser = all_strategies()[0].make(1);
    for (std::uint64_t number = 0; number < 2000; ++number)
        on.run(*chooser, number);
    return reached_rows();
}

static bool has(std::uint32_t rows, std::string_view from, std::string_view to, std::string_view function)
{
    for (std::size_t i = 0; i < transition_rows().size(); ++i) {
        const transition_row &row = transition_rows()[i];
        if (row.from == from && row.to == to && row.where.starts_with(function))
            return (rows >> i & 1) != 0;
    }
    ADD_FAILURE() << "there is no row from " << from << " to " << to << " in " << function;
    return false;
}

TEST(TransitionRows, AreReachedByWhatTheScenarioIsAbout)
{
    std::uint32_t undisturbed = rows_of(one_request());
    EXPECT_TRUE(has(undisturbed, "SENT (io)", "FINISHED", "fuse_dev_writev"));
    EXPECT_FALSE(has(undisturbed, "PENDING", "left", "request_wait_answer"));
    EXPECT_FALSE(has(undisturbed, "SENT (io)", "FINISHED", "end_io_requests"));
    std::uint32_t killed = rows_of(killed_request());
    EXPECT_TRUE(has(killed, "PENDING", "left", "request_wait_answer"));
    EXPECT_TRUE(has(killed, "SENT (processing), interrupted", "FINISHED", "fuse_dev_writev"));
    EXPECT_FALSE(has(killed, "READING", "FINISHED", "end_io_requests"));
    std::uint32_t aborted = rows_of(aborted_request());
    EXPECT_TRUE(has(aborted, "READING", "FINISHED", "end_io_requests"));
    EXPECT_TRUE(has(aborted, "FINISHED", "FINISHED", "fuse_dev_writev"));
}

TEST(TransitionRows, AForgetOnADeadConnectionShowsOnTheRepairedCore)
{
    EXPECT_FALSE(has(rows_of(daemon_dies()), "FINISHED", "FINISHED", "request_send_nowait"));
    EXPECT_TRUE(has(rows_of(daemon_dies(), {{"oom", 1}}), "FINISHED", "FINISHED", "request_send_nowait"));
}

} // namespace interfuse
