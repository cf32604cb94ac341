// Scenarios: who does what on a simulated machine, and what is to be found out.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/goal.hpp"

namespace interfuse {

struct parameter {
    const char *name;
    int preset; // the value unless set
    int least, most;
    const char *meaning;
    std::vector<const char *> names = {}; // of the values from `least` on, where they have names
    // Which of the values from `least` to `most` are allowed, and the same in words; null: each.
    bool (*allows)(int value) = nullptr;
    std::string allowed = {};
    std::vector<const char *> needs = {}; // parameters all of whose being 0 would make this one do nothing
};

// A parameter whose values have names; the first is the preset.
parameter named_parameter(const char *name, std::vector<const char *> names, const char *meaning);
bool is_allowed(const parameter &of, int value);
// What a parameter may be, such as "from 1 to 6" or "one of lookup, read".
std::string allowed_values(const parameter &of);
// A value as it is written in --set.
std::string text_of(const parameter &of, int value);

// As given by a user, before the scenario is known.
struct parameter_setting {
    std::string name;
    std::string text;
    bool operator==(const parameter_setting &) const = default;
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
    // What a sample must have reached with the presets of the parameters, not in each run.
    std::vector<goal> goals = {};
    // Why a run of this scenario may end with sleepers that nobody will wake, if that is its design; else null.
    const char *may_stall = nullptr;
    // Whether it may with the parameters in use; null: with any.
    bool (*stalls)() = nullptr;
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
// The same for what a user has written, who must not ask for what would do nothing.
parameters_result read_settings(const scenario &which, const std::vector<parameter_setting> &set);
// The same for what a file has recorded, where the number may stand for a value that has a name.
parameters_result read_recorded_settings(const scenario &which, const std::vector<parameter_setting> &set);
// Values as they are written in --set.
std::vector<parameter_setting> settings_of(const scenario &which, const std::vector<parameter_value> &values);
// The scenario's name and those that differ from their presets, as the command line takes them: "mix:op=read,split=1".
std::string title_of(const scenario &which, const std::vector<parameter_value> &values);

// The parameters of the scenario being built. REQUIRES: the scenario declares the name.
int parameter_of(std::string_view name);
void use_parameters(std::vector<parameter_value> values);

} // namespace interfuse
