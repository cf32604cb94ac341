#include <algorithm>

#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "checker/strategies/random.hpp"
#include "sim/lockless_need.hpp"

namespace interfuse {
namespace {

// Where two tasks meet on a field that is declared lockless.
struct need {
    const char *field;
    const char *scenario;
    std::vector<parameter_setting> settings = {};
};

const need needs[] = {
    {"fuse_conn.connected",
     "mix",
     {{"op", "create"}, {"requesters", "3"}, {"daemons", "2"}, {"misbehave", "1"}, {"oom", "1"}, {"aborters", "1"}}},
    {"fuse_req.locked", "read-pages"},
    {"fuse_req.state", "killed-request"},
    {"inode.i_mode", "one-request", {{"requesters", "3"}}},
    {"inode.i_nlink", "one-request", {{"requesters", "3"}}},
    {"inode.i_size", "one-request", {{"requesters", "3"}}},
    {"super_block.s_active", "read-pages", {{"unmounters", "1"}}},
};

std::uint64_t bit_of(const std::string &field)
{
    auto fields = sim::lockless_fields();
    auto found = std::ranges::find(fields, field);
    EXPECT_NE(found, fields.end()) << field << " is not declared lockless";
    return std::uint64_t{1} << (found - fields.begin());
}

// The message of the first data race within so many runs; empty if there is none.
std::string first_race(const need &of, std::uint64_t runs)
{
    const scenario *which = find_scenario(of.scenario);
    runner one({.which = which,
                .parameters = read_settings(*which, of.settings).values,
                .checks = check_level::steps,
                .limits = {},
                .watch = sim::watch_races});
    random_strategy chooser(1);
    for (std::uint64_t run = 0; run < runs; ++run)
        if (run_result result = one.run(chooser, run); result.verdict.invariant == "data_race")
            return result.verdict.message;
    return "";
}

class each_lockless_field : public testing::TestWithParam<need> {};

TEST_P(each_lockless_field, RacesWithoutItsDeclaration)
{
    const need &of = GetParam();
    sim::undeclare(bit_of(of.field));
    std::string message = first_race(of, 20'000);
    sim::undeclare(0);
    std::string member = std::string(of.field).substr(std::string(of.field).find('.'));
    EXPECT_NE(message.find(member + " in "), std::string::npos) << of.field << ": " << message;
    EXPECT_EQ(first_race(of, 500), "");
}

INSTANTIATE_TEST_SUITE_P(lockless, each_lockless_field, testing::ValuesIn(needs), [](const auto &tested) {
    std::string name = tested.param.field;
    std::ranges::replace(name, '.', '_');
    return name;
});

} // namespace
} // namespace interfuse
