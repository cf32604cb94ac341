#include <gtest/gtest.h>

#include "checker/coverage/line_counts.hpp"
#include "checker/coverage/unreachable.hpp"
#include "generated/unreachable_text.hpp"

namespace interfuse {

namespace {

const std::map<std::string, std::vector<std::string>> sources = {
    {"core/dev.cpp", {"    if (a) {", "        b();", "    c();"}}};

std::vector<gcov_line> lines(std::uint64_t taken, std::uint64_t inside)
{
    return {{"core/dev.cpp", "_Z1fi", 1, 5, {taken, 5}},
            {"core/dev.cpp", "_Z1fi", 2, inside, {}},
            {"core/dev.cpp", "_Z1fi", 3, 5, {}}};
}

gaps gaps_with(const std::string &text, std::uint64_t reached)
{
    unreachable_list list = parse_unreachable("[core/dev.cpp]\n" + text, "repaired");
    EXPECT_EQ(list.error, "");
    return find_gaps(lines(reached, reached), sources, list.entries);
}

constexpr const char *reasons = "# why\nf | if (a) { | 0 | never a\n\nf | b(); | line | never b\n";

} // namespace

TEST(Unreachable, ReasonsGoWithTheirLinesAndBranches)
{
    gaps found = gaps_with(reasons, 0);
    ASSERT_EQ(found.open.size(), 2U);
    EXPECT_EQ(found.open[0].branch, 0);
    EXPECT_EQ(found.open[0].reason, "never a");
    EXPECT_EQ(found.open[1].line, 2U);
    EXPECT_EQ(found.open[1].reason, "never b");
    EXPECT_TRUE(found.complaints.empty());
}

TEST(Unreachable, WithoutAReasonAGapHasNone)
{
    for (const gap &open : gaps_with("f | c(); | line | wrong\n", 0).open)
        EXPECT_EQ(open.reason, "") << open.line;
    for (const gap &open : gaps_with("f | if (a) { | 1 | the other branch\n", 0).open)
        EXPECT_EQ(open.reason, "") << open.line;
}

TEST(Unreachable, AnEntryThatIsReachedOrGoneIsComplainedAbout)
{
    gaps reached = gaps_with(reasons, 1);
    EXPECT_TRUE(reached.open.empty());
    ASSERT_EQ(reached.complaints.size(), 2U);
    EXPECT_NE(reached.complaints[0].find("reached after all"), std::string::npos) << reached.complaints[0];
    for (const char *gone : {"f | d(); | line | x\n", "g | b(); | line | x\n"}) {
        gaps found = gaps_with(gone, 0);
        ASSERT_EQ(found.complaints.size(), 1U) << gone;
        EXPECT_NE(found.complaints[0].find("no longer there"), std::string::npos) << found.complaints[0];
    }
    EXPECT_EQ(gaps_with("f | if (a) { | 2 | x\n", 0).complaints.size(), 1U);
}

TEST(Unreachable, AMalformedEntryIsRefusedWithItsLine)
{
    for (const char *text :
         {"\nf | b(); | line\n", "\nf | b(); | line | \n", "\nf | b(); | -1 | x\n", "\nf | b(); | 1x | x\n"})
        EXPECT_NE(parse_unreachable(std::string("[core/dev.cpp]") + text, "repaired").error.find("line 2:"), std::string::npos) << text;
}

TEST(Unreachable, AnEntryBelongsToTheFileAndTheCoreOfItsSection)
{
    const std::string text = "[core/dir.cpp]\nf | b(); | line | x\n[core/dev.cpp, repaired]\nf | b(); | line | y\n";
    std::vector<unreachable> of_repaired = parse_unreachable(text, "repaired").entries;
    ASSERT_EQ(of_repaired.size(), 2U);
    EXPECT_EQ(find_gaps(lines(0, 0), sources, of_repaired).open[1].reason, "y");
    EXPECT_EQ(parse_unreachable(text, "linux-2.6.17").entries.size(), 1U);
    EXPECT_EQ(parse_unreachable(text, "no_extra_reference").entries.size(), 2U);
    EXPECT_NE(parse_unreachable("f | b(); | line | x\n", "repaired").error, "");
}

TEST(Unreachable, TheListOfTheCoreIsSound)
{
    unreachable_list list = parse_unreachable(unreachable_text, "linux-2.6.17");
    EXPECT_EQ(list.error, "");
    EXPECT_FALSE(list.entries.empty());
}

TEST(LineCounts, AreSummedAndLambdasShareTheirLine)
{
    line_counts counts;
    counts.add(lines(0, 0));
    counts.add(lines(2, 0));
    counts.add({{"core/dev.cpp", "lambda", 3, 0, {0, 1}}, {"core/dir.cpp", "g", 1, 0, {}}});
    reach dev = counts.of("core/dev.cpp");
    EXPECT_EQ(dev.lines.all, 3U);
    EXPECT_EQ(dev.lines.reached, 2U);
    EXPECT_EQ(dev.branches.all, 4U);
    EXPECT_EQ(dev.branches.reached, 3U);
    EXPECT_EQ(counts.of("core/").lines.all, 4U);
    EXPECT_EQ(counts.lines_of("core/dev.cpp")[2].count, 10U);
}

TEST(GcovReport, IsReadWithoutExceptionsAndForeignFiles)
{
    const std::string text =
        R"({"files": [{"file": "core/dev.cpp", "lines": [{"line_number": 3, "count": 7, "function_name": "f",)"
        R"( "branches": [{"count": 1, "throw": false}, {"count": 0, "throw": true}]}]},)"
        R"( {"file": "sim/run.hpp", "lines": [{"line_number": 1, "count": 1, "branches": []}]}]})";
    gcov_report report = read_gcov(text + "\n", "core/");
    EXPECT_EQ(report.error, "");
    ASSERT_EQ(report.lines.size(), 1U);
    EXPECT_EQ(report.lines[0].count, 7U);
    EXPECT_EQ(report.lines[0].branches, std::vector<std::uint64_t>{1});
    EXPECT_NE(read_gcov("{\"files\": [{}]}", "core/").error, "");
}

} // namespace interfuse
