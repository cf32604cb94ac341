// The result of an exploration in the formats that people and programs read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "checker/search/explore.hpp"

namespace interfuse {

// clean, known, violation or incomplete, the strongest that applies: a search that was interrupted or ran out of time
// before the runs asked for, or that cut runs at their limit of steps, is incomplete unless there is a new violation.
std::string_view verdict_of(const exploration &result);

// One JSON document; traces/report.schema.json describes it.
std::string report_json(const explore_options &options, const exploration &result);

// A test case for each scenario.
std::string report_junit(const explore_options &options, const exploration &result);

// Workflow commands of GitHub, which annotate source lines.
std::string report_github(const exploration &result);

// What was covered and what was found, for a person. Findings themselves are printed when they happen.
std::string report_text(const explore_options &options, const exploration &result);

// The fields that are declared lockless, though no two tasks' accesses met with nothing to order them in any run; empty unless
// all were watched for races.
std::vector<std::string> unneeded_lockless_fields(const explore_options &options, const exploration &result);

// A finding in one sentence: what does not hold, about which objects, at which source line.
std::string sentence_of(const finding &found);

// A number with a comma between thousands.
std::string grouped(std::uint64_t number);

// Such as "1 run" or "2,000 runs".
std::string counted(std::uint64_t number, std::string_view noun);

} // namespace interfuse
