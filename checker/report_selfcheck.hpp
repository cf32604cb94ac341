// The result of the self-check.
#pragma once

#include <string>

#include "checker/trials/selfcheck.hpp"

namespace interfuse {

std::string selfcheck_text(const selfcheck_result &result);
std::string selfcheck_json(const selfcheck_result &result);
// A line for each check with the cores that only it finds, as checker/needed.txt keeps it.
std::string selfcheck_data(const selfcheck_result &result);

} // namespace interfuse
