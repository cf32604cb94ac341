#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "checker/trace/example_trace.hpp"
#include "checker/trace/trace_file.hpp"
#include "generated/trace_schema.hpp"

namespace interfuse {

static bool fits_schema(const nlohmann::json &document)
{
    nlohmann::json schema_text = nlohmann::json::parse(trace_schema);
    valijson::Schema schema;
    valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_text), schema);
    return valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
}

TEST(TraceSchema, DescribesWhatIsWritten)
{
    EXPECT_TRUE(fits_schema(nlohmann::json::parse(trace_text(example_trace()))));
    trace done = example_trace();
    done.verdict = {};
    done.steps[0].setup = true;
    EXPECT_TRUE(fits_schema(nlohmann::json::parse(trace_text(done))));
}

TEST(TraceSchema, RefusesWhatTheReaderRefuses)
{
    struct change {
        const char *path;
        nlohmann::json value;
    };
    const change changes[] = {
        {"/version", 2},
        {"/seed", 7},
        {"/steps/0/task", 32},
        {"/steps/0/events/0/kind", "x"},
        {"/steps/0/colour", 1},
        {"/steps/0/setup", 1},
        {"/verdict/kind", ""},
        {"/steps/1/enabled", "0"},
        {"/record", "0"},
        {"/limits/steps", 0},
        {"/tasks", nullptr},
        {"/choices/0", {"schedule", 2}},
        {"/points", "dense"},
        {"/verdict/location", 1},
    };
    for (const change &each : changes) {
        nlohmann::json document = nlohmann::json::parse(trace_text(example_trace()));
        document[nlohmann::json::json_pointer(each.path)] = each.value;
        EXPECT_FALSE(fits_schema(document)) << each.path;
        EXPECT_NE(parse_trace(document.dump(), "t").error, "") << each.path;
    }
}

TEST(TraceSchema, KnowsEachKindOfEventChoiceAndVerdict)
{
    nlohmann::json kinds = nlohmann::json::parse(trace_schema)["$defs"];
    ASSERT_EQ(kinds["event"]["properties"]["kind"]["enum"].size(), sim::event_kinds);
    for (unsigned i = 0; i < sim::event_kinds; ++i)
        EXPECT_EQ(kinds["event"]["properties"]["kind"]["enum"][i], sim::name_of(static_cast<sim::event_kind>(i)));
    for (unsigned i = 0; i < sim::choice_kinds; ++i)
        EXPECT_EQ(kinds["choice"]["prefixItems"][0]["enum"][i], sim::name_of(static_cast<sim::choice_kind>(i)));
    for (unsigned i = 0; i < kinds["verdict"]["properties"]["kind"]["enum"].size(); ++i)
        EXPECT_EQ(kinds["verdict"]["properties"]["kind"]["enum"][i], sim::name_of(static_cast<sim::verdict_kind>(i)));
}

} // namespace interfuse
