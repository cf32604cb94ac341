// What reports in JSON have in common.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <nlohmann/json.hpp>

#include "checker/search/explore.hpp"

namespace interfuse {

double seconds_of(std::chrono::nanoseconds time);
// Sixteen digits.
std::string hex(std::uint64_t number);
nlohmann::ordered_json json_of(const finding &found);
// Its parameters.
nlohmann::ordered_json json_of(const chosen_scenario &chosen);
// The version of the tool and how it was built.
nlohmann::ordered_json tool_json();

} // namespace interfuse
