// The parameters of a scenario in JSON.
#pragma once

#include <vector>

#include <nlohmann/json.hpp>

#include "scenarios/scenario.hpp"

namespace interfuse {

// An object: names of values are strings, other values numbers.
nlohmann::ordered_json json_of_settings(const std::vector<parameter_setting> &settings);

} // namespace interfuse
