// Every row of the errno contract, on the core that this is linked with.
#include <ostream>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "checker/command_core.hpp"
#include "checker/contract/play.hpp"
#include "checker/runner.hpp"
#include "sim/testing_world.hpp"

namespace interfuse::contract {

std::ostream &operator<<(std::ostream &out, const row &r)
{
    return out << r.entry << ": " << r.condition;
}

namespace {

std::vector<row> all_rows()
{
    std::vector<row> all;
    for (std::span<const row> some : {read_rows(), write_rows(), other_rows(), requester_rows(), background_rows()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

sim::verdict run(const row &r)
{
    scenario which{};
    which.name = "contract";
    which.parameters = with_common_parameters({});
    which.build = arrange;
    use_row(r);
    runner runs({.which = &which, .parameters = complete_parameters(which, {}).values, .limits = {}});
    // Each task sleeps before the next one begins, and goes on as soon as it can.
    sim::by_priority chooser({1, 2, 3, 0});
    return runs.run(chooser, 0).verdict;
}

class errno_contract : public testing::TestWithParam<row> {};

TEST_P(errno_contract, holds)
{
    const row &r = GetParam();
    sim::verdict verdict = run(r);
    if (r.huge_in_2006 && std::string_view(core_name) == "linux-2.6.17") {
        EXPECT_EQ("syscall_result", verdict.invariant) << verdict.message;
        std::string huge = fmt::format("returns {} to daemon", static_cast<std::uint32_t>(r.result));
        EXPECT_NE(std::string::npos, verdict.message.find(huge)) << verdict.message;
        return;
    }
    // The file that is read is released on a dead connection, which gives linux-2.6.17 a unit of the pool: fixes/02.
    if (r.who == asks::read && std::string_view(core_name) == "linux-2.6.17")
        EXPECT_EQ("tokens", verdict.invariant) << verdict.message;
    else
        EXPECT_EQ(sim::verdict_kind::done, verdict.kind) << verdict.message;
    const outcome &found = played();
    EXPECT_TRUE(found.called);
    EXPECT_EQ(r.result, found.result);
    EXPECT_EQ(static_cast<int>(r.request), static_cast<int>(found.request));
    EXPECT_EQ(r.requester, found.requester);
}

INSTANTIATE_TEST_SUITE_P(rows, errno_contract, testing::ValuesIn(all_rows()),
                         [](const testing::TestParamInfo<row> &info) {
                             return fmt::format("{}_{}", info.param.entry, info.index);
                         });

} // namespace
} // namespace interfuse::contract
