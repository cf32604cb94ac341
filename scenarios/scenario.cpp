// Looking up scenarios and their parameters.
#include "scenarios/scenario.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/fault.hpp"

namespace interfuse {

const scenario *find_scenario(std::string_view name)
{
    for (const scenario &which : all_scenarios())
        if (which.name == name)
            return &which;
    return nullptr;
}

static std::string allowed_keys(const scenario &which)
{
    std::vector<std::string> names;
    for (const parameter &p : which.parameters)
        names.emplace_back(p.name);
    return names.empty() ? "it has none" : fmt::format("it has: {}", fmt::join(names, ", "));
}

static std::string apply(const scenario &which, std::vector<parameter_value> &values, const parameter_value &given)
{
    for (std::size_t i = 0; i < which.parameters.size(); ++i) {
        const parameter &p = which.parameters[i];
        if (given.name != p.name)
            continue;
        if (given.value < p.least || given.value > p.most)
            return fmt::format("parameter {} of scenario {} must be from {} to {}, not {}", p.name, which.name, p.least,
                               p.most, given.value);
        values[i].value = given.value;
        return "";
    }
    return fmt::format("scenario {} has no parameter {}; {}", which.name, given.name, allowed_keys(which));
}

parameters_result complete_parameters(const scenario &which, const std::vector<parameter_value> &set)
{
    parameters_result result;
    for (const parameter &p : which.parameters)
        result.values.push_back({p.name, p.preset});
    for (const parameter_value &given : set)
        if (result.error.empty())
            result.error = apply(which, result.values, given);
    return result;
}

static std::vector<parameter_value> in_use;

void use_parameters(std::vector<parameter_value> values)
{
    in_use = std::move(values);
}

int parameter_of(std::string_view name)
{
    auto found = std::find_if(in_use.begin(), in_use.end(), [&](const parameter_value &v) { return v.name == name; });
    sim::require(found != in_use.end(), "a scenario reads a parameter that it does not declare");
    return found->value;
}

} // namespace interfuse
