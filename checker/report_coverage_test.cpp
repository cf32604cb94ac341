#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "checker/coverage/transition_rows.hpp"
#include "checker/report_coverage.hpp"
#include "generated/coverage_schema.hpp"
#include "scenarios/scenario.hpp"

namespace interfuse {

namespace {

coverage_report example()
{
    coverage_report report{};
    report.core = "repaired";
    report.rows = (std::uint32_t{1} << transition_rows().size()) - 1;
    scenario_reach one{&all_scenarios()[0], {}, {}, report.rows};
    one.counts.add({{"core/dev.cpp", "_Z1fi", 1, 5, {0, 5}}});
    strike hit = {disturbance::abort, request_stage::sent, 1};
    one.sums.runs_struck[number_of(hit)] = 3;
    report.sum.add(one.counts);
    report.sums = one.sums;
    report.measured.scenarios.push_back(one);
    report.of_core.open.push_back({"core/dev.cpp", 1, 0, "if (a)", "never a"});
    report.unstruck_rows.push_back({"FORGET | kill | pending", "nobody waits", {}});
    return report;
}

bool fits_schema(const std::string &text)
{
    nlohmann::json schema_text = nlohmann::json::parse(coverage_schema);
    nlohmann::json document = nlohmann::json::parse(text);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_text), schema);
    return valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
}

} // namespace

TEST(CoverageReport, FitsItsSchema)
{
    std::string text = coverage_json(example());
    EXPECT_TRUE(fits_schema(text));
    nlohmann::json changed = nlohmann::json::parse(text);
    changed["strikes"][0]["runs"] = 0;
    EXPECT_FALSE(fits_schema(changed.dump()));
}

TEST(CoverageReport, IsCompleteWhenNothingIsMissingWithoutAReason)
{
    EXPECT_TRUE(example().is_complete());
    coverage_report unexplained = example();
    unexplained.of_core.open[0].reason.clear();
    EXPECT_FALSE(unexplained.is_complete());
    coverage_report complained = example();
    complained.of_core.complaints.emplace_back("wrong");
    EXPECT_FALSE(complained.is_complete());
    coverage_report unstruck = example();
    unstruck.of_strikes.open.push_back({disturbance::kill, request_stage::sent, 1});
    EXPECT_FALSE(unstruck.is_complete());
    EXPECT_TRUE(fits_schema(coverage_json(unstruck)));
    coverage_report struck = example();
    struck.of_strikes.complaints.emplace_back("seen");
    EXPECT_FALSE(struck.is_complete());
    coverage_report missing = example();
    missing.rows &= ~std::uint32_t{1};
    EXPECT_FALSE(missing.is_complete());
}

TEST(CoverageReport, OnlyTheFaithfulCoreMayMissWhatItsFindingsEnd)
{
    coverage_report report = example();
    for (std::size_t i = 0; i < transition_rows().size(); ++i)
        if (!transition_rows()[i].not_in_faithful.empty())
            report.rows &= ~(std::uint32_t{1} << i);
    EXPECT_FALSE(report.is_complete());
    report.core = "linux-2.6.17";
    EXPECT_TRUE(report.is_complete());
}

TEST(CoverageReport, TheFaithfulCoreMayNotReachWhatItsFindingsEnd)
{
    coverage_report report = example();
    EXPECT_TRUE(report.is_complete());
    report.core = "linux-2.6.17";
    EXPECT_FALSE(report.is_complete());
    EXPECT_NE(coverage_text(report).find("but it was seen"), std::string::npos);
}

TEST(CoverageReport, SaysWhatIsMissingAndWhatStruck)
{
    std::string text = coverage_text(example());
    EXPECT_NE(text.find("if (a)  (branch 0)\n                             never a\n"), std::string::npos) << text;
    EXPECT_NE(text.find("FORGET | kill | pending\n    nobody waits\n"), std::string::npos) << text;
    EXPECT_NE(text.find("LOOKUP        abort              sent\n"), std::string::npos) << text;
}

} // namespace interfuse
