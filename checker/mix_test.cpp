#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "checker/strategies/strategy.hpp"
#include "scenarios/all.hpp"
#include "scenarios/operation.hpp"

namespace interfuse {

namespace {

runner runner_of(const scenario &which, const std::vector<parameter_setting> &set)
{
    parameters_result complete = read_settings(which, set);
    EXPECT_EQ(complete.error, "");
    return runner({.which = &which, .parameters = complete.values, .limits = {}});
}

std::vector<std::uint64_t> records_of(const scenario &which)
{
    runner on = runner_of(which, {});
    auto chooser = all_strategies()[0].make(1);
    std::vector<std::uint64_t> records;
    for (std::uint64_t number = 0; number < 500; ++number)
        records.push_back(on.run(*chooser, number).record_hash);
    return records;
}

// The operations, by opcode, whose requests were answered in some runs.
std::vector<bool> answered(const std::vector<parameter_setting> &set, const std::vector<unsigned> &opcodes)
{
    scenario asked = mix();
    asked.goals.clear();
    for (unsigned opcode : opcodes)
        asked.goals.push_back({"answered", passage{request_stage::sent, request_stage::finished, opcode}});
    runner on = runner_of(asked, set);
    auto chooser = all_strategies()[0].make(1);
    std::uint64_t met = 0;
    for (std::uint64_t number = 0; number < 200; ++number)
        met |= on.run(*chooser, number).seen->reached_goals();
    std::vector<bool> results;
    for (std::size_t i = 0; i < opcodes.size(); ++i)
        results.push_back((met >> i & 1) != 0);
    return results;
}

constexpr unsigned LOOKUP = 1;
constexpr unsigned OPEN = 14;
constexpr unsigned READ = 15;
constexpr unsigned WRITE = 16;
constexpr unsigned SETXATTR = 21;
constexpr unsigned GETATTR = 3;
constexpr unsigned UNLINK = 10;
constexpr unsigned RENAME = 12;
constexpr unsigned LINK = 13;
constexpr unsigned FSYNC = 20;
constexpr unsigned CREATE = 35;

} // namespace

TEST(Mix, WithoutParametersIsOneRequest)
{
    EXPECT_EQ(records_of(mix()), records_of(one_request()));
}

TEST(Mix, AsksForTheOperationThatItIsTold)
{
    struct expectation {
        const char *op;
        unsigned opcode;
    };
    for (auto [op, opcode] : {expectation{"lookup", LOOKUP}, {"open", OPEN}, {"read", READ}, {"write", WRITE},
                              {"setxattr", SETXATTR}, {"getattr", GETATTR}, {"create", CREATE}, {"unlink", UNLINK},
                              {"rename", RENAME}, {"link", LINK}, {"fsync", FSYNC}})
        EXPECT_EQ(answered({{"op", op}}, {opcode}), std::vector{true}) << op;
    EXPECT_EQ(answered({{"op", "lookup"}}, {OPEN, READ, WRITE, SETXATTR}), std::vector(4, false));
    std::vector<unsigned> all = {LOOKUP, OPEN,   READ,   WRITE, SETXATTR, GETATTR,
                                 CREATE, UNLINK, RENAME, LINK,  FSYNC};
    EXPECT_EQ(answered({{"op", "any"}}, all), std::vector(all.size(), true));
}

static void take_the_most(int page_size)
{
    scenario everybody = mix();
    std::vector<parameter_value> most;
    for (const parameter &p : everybody.parameters)
        if (std::string_view(p.name) != "page_size" && std::string_view(p.name) != "buffer")
            most.push_back({p.name, p.most});
    most.push_back({"page_size", page_size});
    runner on({.which = &everybody,
               .parameters = complete_parameters(everybody, most).values,
               .limits = {},
               .watch = sim::watch_all});
    auto chooser = all_strategies()[0].make(1);
    for (std::uint64_t number = 0; number < 50; ++number) {
        run_result result = on.run(*chooser, number);
        EXPECT_FALSE(result.verdict.is_finding()) << result.verdict.message;
    }
}

TEST(Mix, TakesAsManyActorsOfEachKindAsItAllows)
{
    for (int page_size : {64, 128, 4096})
        take_the_most(page_size);
}

} // namespace interfuse
