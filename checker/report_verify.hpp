// The result of a search over states, for people and for programs.
#pragma once

#include <string>
#include <string_view>

#include "checker/search/verify.hpp"

namespace interfuse {

// violation (a new one), incomplete (something stopped the search), known or clean: the first that applies.
std::string_view verdict_of(const verification &result);

// One JSON document; traces/report.schema.json describes it.
std::string verify_json(const verify_options &options, const verification &result);

// The line of a scenario that was searched.
std::string search_line(const scenario_search &search);
// What all the lines amount to, with the findings that are known.
std::string verify_text(const verify_options &options, const verification &result);

// A table for documents: a row for each scenario, in Markdown.
std::string verify_table(const verify_options &options, const verification &result);

} // namespace interfuse
