// A recorded event names its object: an offset in the arena would tie the trace to the layout of worlds.
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "checker/coverage/parameter_sets.hpp"
#include "checker/runner.hpp"
#include "checker/strategies/strategy.hpp"
#include "checker/trace/recording.hpp"

namespace interfuse {

namespace {

constexpr std::uint64_t runs_each = 3;

// Of all events of a run, those whose object has a name; the first whose object has an offset alone fails the test.
std::uint64_t count_named(const recorded_run &run)
{
    std::uint64_t named = 0;
    for (const trace_step &step : run.what.steps)
        for (const trace_event &event : step.events) {
            named += event.object.empty() ? 0 : 1;
            if (event.object.starts_with("object+")) {
                ADD_FAILURE() << sim::name_of(event.kind) << " of " << event.object << " in " << event.where.function;
                return named;
            }
        }
    return named;
}

std::string text_of(const std::filesystem::path &file)
{
    std::ifstream source(file);
    return {std::istreambuf_iterator<char>(source), {}};
}

} // namespace

TEST(ObjectNames, NoTraceHasAnOffsetInstead)
{
    unsigned traces = 0;
    for (const auto &entry : std::filesystem::recursive_directory_iterator("traces")) {
        std::string text = entry.is_regular_file() ? text_of(entry.path()) : "";
        traces += text.find("\"interfuse-trace\"") != std::string::npos ? 1 : 0;
        EXPECT_EQ(text.find("object+"), std::string::npos) << entry.path();
    }
    EXPECT_GT(traces, all_scenarios().size());
}

TEST(ObjectNames, NoEventOfAnyScenarioHasAnOffsetInstead)
{
    for (const scenario &which : all_scenarios()) {
        SCOPED_TRACE(which.name);
        std::uint64_t named = 0;
        for (const parameter_set &set : sets_of(which)) {
            std::vector<parameter_value> values = complete_parameters(which, set.values).values;
            runner on({.which = &which, .parameters = values, .limits = {}, .watch = sim::watch_all});
            auto chooser = all_strategies()[0].make(1);
            for (std::uint64_t number = 0; number < runs_each; ++number)
                named += count_named(record_run(on, *chooser, number));
            if (HasFailure())
                return;
        }
        EXPECT_GT(named, 0U);
    }
}

} // namespace interfuse
