#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "checker/report_mutants.hpp"
#include "checker/report_selfcheck.hpp"
#include "generated/mutants_schema.hpp"
#include "generated/selfcheck_schema.hpp"

namespace interfuse {

namespace {

bool fits(const char *schema_text, const nlohmann::json &document)
{
    nlohmann::json parsed = nlohmann::json::parse(schema_text);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(parsed), schema);
    return valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
}

core_description planted()
{
    core_description core;
    core.name = "used_after_put";
    core.shown_in = "one-request";
    core.searched_in = "one-request --set daemons=2";
    core.found_by = "resting_object, data_race";
    return core;
}

// Whether the document is one that the schema refuses once the value there is another.
void expect_refused(const char *schema, nlohmann::json document, const char *path, const nlohmann::json &value)
{
    document[nlohmann::json::json_pointer(path)] = value;
    EXPECT_FALSE(fits(schema, document)) << path;
}

} // namespace

TEST(MutantsReport, FitsItsSchema)
{
    hunted found, missed;
    found.what = missed.what = planted();
    reported_finding finding;
    finding.invariant = "resting_object";
    finding.scenario = "one-request";
    finding.message = "somebody reads it";
    found.found = finding;
    found.expected = true;
    missed.runs = 7;
    nlohmann::json report = nlohmann::json::parse(mutants_json(std::vector{found, missed}, {}));
    EXPECT_TRUE(fits(mutants_schema, report));
    EXPECT_EQ(report["missing"].size(), 1U);
    expect_refused(mutants_schema, report, "/seed", 1);
    expect_refused(mutants_schema, report, "/mutants/1/colour", 1);
    expect_refused(mutants_schema, report, "/mutants/1/checker", "hang");
    expect_refused(mutants_schema, report, "/mutants/0/runs", -1);
}

TEST(MutantsReport, DoesNotCallMissingWhatWasNotTried)
{
    hunted missed, untried;
    missed.what = planted();
    missed.runs = 7;
    untried.what = planted();
    untried.what.name = "debt_ignored";
    std::string text = mutants_text(std::vector{missed, untried}, {});
    EXPECT_NE(text.find("not found in 7 runs\n"), std::string::npos) << text;
    EXPECT_NE(text.find("not tried\n"), std::string::npos) << text;
    EXPECT_NE(text.find("missing: used_after_put\n"), std::string::npos) << text;
}

TEST(SelfcheckReport, FitsItsSchema)
{
    selfcheck_result result;
    result.checks = {"resting_object", "hang, self_deadlock"};
    escape one;
    one.what = planted();
    one.check = "resting_object";
    result.cores = {one};
    result.declarations = {{{"fuse_req.state", "killed-request", {}}, 3, "two tasks race"},
                           {{"file.f_mode", "", {}}, 0, ""}};
    search_check agreed{.what = {"repaired", "mix", "killers=1"}};
    for (search_summary *each : {&agreed.without, &agreed.sleep, &agreed.local, &agreed.persistent, &agreed.in_order, &agreed.fine})
        *each = {.fingerprints = {"00000000000000aa"}, .complete = true, .states = 7, .ends = 2};
    agreed.local.states = agreed.persistent.states = agreed.fine.states = 5;
    agreed.in_order.states = 4;
    agreed.in_order.ends = 1;
    EXPECT_TRUE(agreed.is_met());
    search_check parted = agreed;
    parted.sleep.states = 6;
    parted.local.ends = 3;
    parted.persistent.ends = 1;
    parted.in_order.states = 6;
    parted.in_order.fingerprints.clear();
    parted.fine.fingerprints.clear();
    EXPECT_EQ(parted.differences(), (std::vector<std::string>{"sleep sets visit 6 states, not 7",
                                                              "with local steps there are 3 ends, not 2",
                                                              "with persistent sets there are 1 ends, not 2",
                                                              "with fine points other things are found",
                                                              "with those that are alike in order there are 6 states and "
                                                              "1 ends, not at most 5 and 3",
                                                              "with those that are alike in order other things are found"}));
    result.searches = {agreed, parted};
    EXPECT_FALSE(result.is_met());
    nlohmann::json report = nlohmann::json::parse(selfcheck_json(result));
    EXPECT_TRUE(fits(selfcheck_schema, report));
    expect_refused(selfcheck_schema, report, "/searches/0/walks", -1);
    EXPECT_EQ(report["not_needed"], nlohmann::json({"hang, self_deadlock"}));
    expect_refused(selfcheck_schema, report, "/version", 2);
    expect_refused(selfcheck_schema, report, "/checks/0/name", "");
    expect_refused(selfcheck_schema, report, "/cores/0/escapes", "yes");
    expect_refused(selfcheck_schema, report, "/lockless/1/field", "");
    EXPECT_EQ(result.needless_declarations(), std::vector<std::string>{"file.f_mode"});
}

} // namespace interfuse
