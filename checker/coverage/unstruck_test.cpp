#include <gtest/gtest.h>

#include "checker/coverage/unstruck.hpp"
#include "generated/unstruck_text.hpp"

namespace interfuse {

namespace {

constexpr const char *others = "LOOKUP, FORGET | * | * | x\n";

unsigned number(const char *operation, disturbance by, request_stage at)
{
    for (unsigned opcode : operations_of_core())
        if (name_of_opcode(opcode) == operation)
            return number_of({by, at, opcode});
    return strike_numbers;
}

std::size_t excused_by(const std::string &text)
{
    unstruck_list list = parse_unstruck(text, "repaired");
    EXPECT_EQ(list.error, "");
    return list.entries.empty() ? 0 : list.entries[0].strikes.count();
}

} // namespace

TEST(Unstruck, EachOperationMeetsEachDisturbanceAtEachStage)
{
    EXPECT_EQ(all_strikes().count(), operations_of_core().size() * disturbances * request_stages);
    EXPECT_EQ(find_strike_gaps(all_strikes(), {}).open.size(), 0U);
    EXPECT_EQ(find_strike_gaps({}, {}).open.size(), all_strikes().count());
}

TEST(Unstruck, ARowExcusesWhatItNames)
{
    EXPECT_EQ(excused_by("FORGET | kill | pending | nobody waits\n"), 1U);
    EXPECT_EQ(excused_by("FORGET, any | kill | pending, sent | x\n"), 4U);
    EXPECT_EQ(excused_by(others), 2 * disturbances * request_stages);
    strike_gaps gaps = find_strike_gaps({}, parse_unstruck(others, "repaired").entries);
    EXPECT_EQ(gaps.open.size(), all_strikes().count() - 2 * disturbances * request_stages);
    EXPECT_TRUE(gaps.complaints.empty());
}

TEST(Unstruck, AnExcusedStrikeThatIsSeenIsComplainedAbout)
{
    strike_set seen;
    seen.set(number("FORGET", disturbance::kill, request_stage::pending));
    strike_gaps gaps = find_strike_gaps(seen, parse_unstruck(others, "repaired").entries);
    ASSERT_EQ(gaps.complaints.size(), 1U);
    EXPECT_NE(gaps.complaints[0].find("kill of FORGET at pending"), std::string::npos) << gaps.complaints[0];
}

TEST(Unstruck, AMalformedRowIsRefusedWithItsLine)
{
    for (const char *text : {"\nFORGET | kill | pending\n", "\nFORGET | kill | pending | \n", "\nFORGOT | kill | pending | x\n",
                             "\nFORGET | kills | pending | x\n", "\nFORGET | kill | pending, | x\n"})
        EXPECT_NE(parse_unstruck(text, "repaired").error.find("line 2:"), std::string::npos) << text;
}

TEST(Unstruck, TheListOfTheCoreIsSound)
{
    unstruck_list list = parse_unstruck(unstruck_text, "linux-2.6.17");
    EXPECT_EQ(list.error, "");
    EXPECT_FALSE(list.entries.empty());
}

} // namespace interfuse
