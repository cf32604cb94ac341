#include "checker/report.hpp"

#include <algorithm>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <pugixml.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "generated/report_schema.hpp"

namespace interfuse {

namespace {

explore_options some_options()
{
    explore_options options;
    options.core = "repaired";
    options.strategy = &all_strategies()[0];
    options.seed = 18446744073709551615ULL;
    return options;
}

finding some_finding(bool accepted)
{
    finding found;
    found.of = {&all_scenarios()[0], {{"faults", 1}}};
    found.verdict = {sim::verdict_kind::violation,         "membership", "request 7 is on fc->pending, 100% wrong",
                     {"core/dev.cpp", "request_end", 203}, 0xabc,        ""};
    found.documented = found.accepted = accepted;
    found.count = 2;
    found.trace = "out/t.json";
    return found;
}

exploration some_result()
{
    exploration result;
    scenario_sample sample{.of = {&all_scenarios()[0], {{"faults", 1}}}, .sums = {}, .findings = {}};
    sample.sums.runs = 1234;
    sample.sums.steps = 98765;
    sample.sums.examined = 1000;
    sample.sums.digest = 0x10;
    sample.sums.verdicts[0] = 1234;
    result.samples.push_back(sample);
    return result;
}

} // namespace

TEST(Report, FitsItsSchema)
{
    exploration result = some_result();
    result.samples[0].findings = {some_finding(false), some_finding(true)};
    result.samples[0].sums.runs_struck[number_of({disturbance::bad_address, request_stage::left_behind, 15})] = 7;
    nlohmann::json document = nlohmann::json::parse(report_json(some_options(), result));
    nlohmann::json schema_text = nlohmann::json::parse(report_schema);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_text), schema);
    auto fits = [&] {
        return valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
    };
    EXPECT_TRUE(fits());
    EXPECT_EQ(document["seed"], "18446744073709551615");
    EXPECT_EQ(document["digest"], "0000000000000010");
    EXPECT_EQ(document["complete"], false);
    nlohmann::json strike = {
        {"disturbance", "bad-address"}, {"stage", "left-behind"}, {"operation", "READ"}, {"runs", 7}};
    EXPECT_EQ(document["coverage"]["strikes"], nlohmann::json::array({strike}));
    EXPECT_EQ(document["scenarios"][0]["goals"][0]["name"], all_scenarios()[0].goals[0].name);
    for (const char *where : {"scenarios", "findings"})
        EXPECT_EQ(document[where][0]["parameters"], nlohmann::json({{"faults", 1}})) << where;
    document["verdict"] = "verified";
    EXPECT_FALSE(fits());
}

TEST(Report, CallsTheStrongestVerdict)
{
    exploration result = some_result();
    EXPECT_EQ(verdict_of(result), "clean");
    result.samples[0].findings = {some_finding(true)};
    EXPECT_EQ(verdict_of(result), "known");
    result.samples[0].sums.verdicts[static_cast<unsigned>(sim::verdict_kind::step_limit)] = 1;
    EXPECT_EQ(verdict_of(result), "incomplete");
    result.samples[0].findings.push_back(some_finding(false));
    EXPECT_EQ(verdict_of(result), "violation");
}

TEST(Report, SaysSampleAndNeverVerified)
{
    exploration result = some_result();
    std::string text = report_text(some_options(), result);
    EXPECT_NE(text.find("a sample of 1,234 runs, 98,765 steps"), std::string::npos);
    EXPECT_EQ(text.find("verified"), std::string::npos);
    EXPECT_NE(text.find("digest 0000000000000010"), std::string::npos);
}

TEST(Report, SaysWhenNothingWatchesTheAccesses)
{
    explore_options options = some_options();
    EXPECT_NE(report_text(options, some_result()).find("; accesses not watched (see --watch); digest "),
              std::string::npos);
    options.watch = sim::watch_memory;
    EXPECT_EQ(report_text(options, some_result()).find("not watched"), std::string::npos);
}

TEST(Report, NamesFieldsThatNoRunNeededOnlyAfterAThousandRunsOfEachScenario)
{
    explore_options options = some_options();
    options.watch = sim::watch_races;
    exploration result = some_result();
    auto says_so = [&] {
        return report_text(options, result).find("declared lockless, and no run needed it: ") != std::string::npos;
    };
    EXPECT_FALSE(says_so());
    while (result.samples.size() < all_scenarios().size())
        result.samples.push_back(result.samples[0]);
    EXPECT_TRUE(says_so());
    result.samples.back().sums.runs = 999;
    EXPECT_FALSE(says_so());
}

TEST(Report, TellsTheOtherAccessOfARaceFromACaller)
{
    finding found = some_finding(false);
    found.verdict.caller = "fuse_dev_poll";
    EXPECT_EQ(sentence_of(found), "membership: request 7 is on fc->pending, 100% wrong (core/dev.cpp:203, request_end, "
                                  "called by fuse_dev_poll)");
    found.verdict.invariant = "data_race";
    EXPECT_EQ(sentence_of(found), "data_race: request 7 is on fc->pending, 100% wrong (core/dev.cpp:203, request_end, "
                                  "against fuse_dev_poll)");
}

TEST(Report, IsBriefAboutManyScenariosButForGoalsThatWereMissed)
{
    exploration result = some_result();
    std::string alone = report_text(some_options(), result);
    EXPECT_NE(alone.find("\n    never reached: answered\n"), std::string::npos) << alone;
    while (result.samples.size() < 20)
        result.samples.push_back(result.samples[0]);
    result.samples[1].sums.runs_reaching[0] = 1;
    std::string among_many = report_text(some_options(), result);
    EXPECT_NE(among_many.find("one-request:faults=1: 1,234 runs, 80 steps a run, 1,234 done; 1 of 1 goal reached\n"),
              std::string::npos) << among_many;
    EXPECT_NE(among_many.find("0 of 1 goal reached\n    never reached: answered\n"), std::string::npos);
    EXPECT_EQ(std::ranges::count(among_many, '\n'), 20 + 19 + 1);
}

TEST(Report, SaysWhatAnInterruptionLeftOut)
{
    exploration result = some_result();
    scenario_sample left_out = result.samples[0];
    left_out.sums = {};
    result.samples.push_back(left_out);
    EXPECT_NE(report_text(some_options(), result).find("\none-request:faults=1: not begun\n"), std::string::npos);
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(report_junit(some_options(), result).c_str()));
    EXPECT_STREQ(document.child("testsuite").attribute("skipped").value(), "1");
    pugi::xml_node second = document.child("testsuite").last_child();
    EXPECT_STREQ(second.child("skipped").attribute("message").value(), "not begun");
    EXPECT_FALSE(document.child("testsuite").first_child().child("skipped"));
    while (result.samples.size() < 20)
        result.samples.push_back(left_out);
    EXPECT_NE(report_text(some_options(), result).find("\none-request:faults=1: not begun\n"), std::string::npos);
}

TEST(Report, SaysHowManyRunsDocumentedFindingsEndedBeforeAGoalWasReached)
{
    exploration result = some_result();
    result.samples[0].findings = {some_finding(false)};
    EXPECT_NE(report_text(some_options(), result).find("\n    never reached: answered\n"), std::string::npos);
    result.samples[0].findings = {some_finding(true), some_finding(true)};
    std::string missed = "\n    never reached: answered (documented findings have ended 4 of 1,234 runs before)\n";
    EXPECT_NE(report_text(some_options(), result).find(missed), std::string::npos);
    while (result.samples.size() < 20)
        result.samples.push_back(result.samples[0]);
    EXPECT_NE(report_text(some_options(), result).find(missed), std::string::npos);
}

TEST(Report, NamesRunsThatWereCut)
{
    exploration result = some_result();
    result.samples[0].sums.verdicts[static_cast<unsigned>(sim::verdict_kind::step_limit)] = 3;
    EXPECT_NE(report_text(some_options(), result).find("3 cut at the step limit"), std::string::npos);
}

TEST(Report, GathersAKnownFindingFromAllScenarios)
{
    exploration result = some_result();
    result.samples.push_back(result.samples[0]);
    for (scenario_sample &sample : result.samples)
        sample.findings = {some_finding(true)};
    finding elsewhere = some_finding(true);
    elsewhere.of.parameters = {{"faults", 2}};
    result.samples[1].findings = {elsewhere};
    std::string text = report_text(some_options(), result);
    EXPECT_NE(text.find("\n    in 4 runs: one-request:faults=1 2, one-request:faults=2 2\n    out/t.json\n"), std::string::npos) << text;
    EXPECT_NE(text.find("nothing new violated, 1 known in a sample of 2,468 runs"), std::string::npos) << text;
    result.samples[1].findings[0].verdict.fingerprint = 0xdef;
    EXPECT_NE(report_text(some_options(), result).find("nothing new violated, 2 known"), std::string::npos);
}

TEST(Report, IsJunitXmlWithAFailureForEachNewViolation)
{
    exploration result = some_result();
    result.samples[0].findings = {some_finding(false), some_finding(true)};
    pugi::xml_document document;
    ASSERT_TRUE(document.load_string(report_junit(some_options(), result).c_str()));
    pugi::xml_node suite = document.child("testsuite");
    EXPECT_STREQ(suite.attribute("failures").value(), "1");
    EXPECT_STREQ(suite.child("testcase").attribute("name").value(), "one-request:faults=1");
    EXPECT_STREQ(suite.child("testcase").child("failure").attribute("type").value(), "membership");
}

TEST(Report, EscapesWhatGithubWouldMisread)
{
    exploration result = some_result();
    result.samples[0].findings = {some_finding(false)};
    EXPECT_EQ(
        report_github(result).find("::error file=core/dev.cpp,line=203,title=interfuse%3A membership::membership: "
                                   "request 7 is on fc->pending, 100%25 wrong"),
        0U);
}

TEST(Report, HasAMissedGoalWithoutATrace)
{
    exploration result = some_result();
    finding missed = some_finding(false);
    missed.verdict = {
        sim::verdict_kind::violation, missed_goal, "none of 1234 runs has reached \"answered\"", {}, 0xabc, ""};
    missed.trace = "";
    result.samples[0].over = true;
    result.samples[0].findings = {missed};
    EXPECT_EQ(verdict_of(result), "violation");
    EXPECT_EQ(report_github(result),
              "::error title=interfuse%3A goal::goal: none of 1234 runs has reached \"answered\"; 2 runs of scenario "
              "one-request:faults=1; no trace\n");
    EXPECT_NE(report_junit(some_options(), result).find(">there is no trace<"), std::string::npos);
    EXPECT_EQ(nlohmann::json::parse(report_json(some_options(), result))["scenarios"][0]["stopped_early"], false);
    result.samples[0].findings = {some_finding(false)};
    EXPECT_EQ(nlohmann::json::parse(report_json(some_options(), result))["scenarios"][0]["stopped_early"], true);
}

TEST(Report, GroupsDigitsByThousands)
{
    EXPECT_EQ(counted(1, "run"), "1 run");
    EXPECT_EQ(counted(2000, "run"), "2,000 runs");
    EXPECT_EQ(grouped(0), "0");
    EXPECT_EQ(grouped(999), "999");
    EXPECT_EQ(grouped(1000), "1,000");
    EXPECT_EQ(grouped(18446744073709551615ULL), "18,446,744,073,709,551,615");
}

} // namespace interfuse
