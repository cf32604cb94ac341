// Scenarios: who does what on a simulated machine, and what is to be found out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace interfuse {

struct parameter {
    const char *name;
    int preset; // the value unless set
    int least, most;
    const char *meaning;
};

struct parameter_value {
    std::string name;
    int value;
    bool operator==(const parameter_value &) const = default;
};

struct scenario {
    const char *name;
    const char *question;
    const char *expected;
    std::vector<parameter> parameters;
    // Runs once as the setup task: boots and mounts, then starts the tasks whose interleavings are explored.
    // Reads its parameters with parameter_of. Nothing in it is chosen.
    void (*build)();
    // Why a run of this scenario may end with sleepers that nobody will wake, if that is its design; else null.
    const char *may_stall = nullptr;
};

// All scenarios, in the order of all.cpp; names are unique.
std::span<const scenario> all_scenarios();
// Null if there is none of that name.
const scenario *find_scenario(std::string_view name);

// All parameters of the scenario with their values: presets overridden by `set`. An error names the key and what is
// allowed. On success error is empty.
struct parameters_result {
    std::vector<parameter_value> values;
    std::string error;
};
parameters_result complete_parameters(const scenario &which, const std::vector<parameter_value> &set);

// The parameters of the scenario being built. REQUIRES: the scenario declares the name.
int parameter_of(std::string_view name);
void use_parameters(std::vector<parameter_value> values);

} // namespace interfuse
