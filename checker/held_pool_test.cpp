// A bug of 2006 without a repair: an abort does not help a daemon whose replies hold the whole pool (core/PORT.md).
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "checker/runner.hpp"
#include "checker/strategies/random.hpp"

namespace interfuse {
namespace {

// mapped-reply with one worker and a pool of this size, which the scenario itself does not allow to be 1.
std::vector<std::string> hangs_with_pool(int pool)
{
    scenario which = *find_scenario("mapped-reply");
    for (parameter &p : which.parameters)
        if (std::string(p.name) == "pool")
            p.least = 1;
    std::vector<parameter_value> values;
    for (const parameter &p : which.parameters)
        values.push_back({p.name, std::string(p.name) == "pool" ? pool : p.preset});
    runner runs({.which = &which, .parameters = values, .limits = {}});
    random_strategy chooser(1);
    std::vector<std::string> found;
    for (std::uint64_t run = 0; run < 2000; ++run)
        if (run_result result = runs.run(chooser, run); result.verdict.is_finding())
            found.push_back(result.verdict.message);
    return found;
}

TEST(HeldPool, IsNotGivenBackByAnAbort)
{
    std::vector<std::string> found = hangs_with_pool(1);
    ASSERT_FALSE(found.empty());
    for (const std::string &message : found)
        EXPECT_NE(std::string::npos, message.find("daemon sleeps in fuse_get_request (semaphore, on fc->outstanding_sem), "
                                                  "although fc->connected is 0"))
            << message;
}

TEST(HeldPool, IsNoneWhereOneRequestIsLeft)
{
    EXPECT_EQ(std::vector<std::string>{}, hangs_with_pool(2));
}

} // namespace
} // namespace interfuse
