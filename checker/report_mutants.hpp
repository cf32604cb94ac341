// The result of hunting mutants, for people and programs.
#pragma once

#include <span>
#include <string>

#include "checker/trials/hunt.hpp"

namespace interfuse {

std::string mutants_text(std::span<const hunted> mutants, const hunt_options &options);
std::string mutants_json(std::span<const hunted> mutants, const hunt_options &options);

} // namespace interfuse
