// Looking up scenarios and their parameters.
#include "scenarios/scenario.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

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

parameter named_parameter(const char *name, std::vector<const char *> names, const char *meaning)
{
    int most = static_cast<int>(names.size()) - 1;
    return {name, 0, 0, most, meaning, std::move(names)};
}

bool is_allowed(const parameter &of, int value)
{
    return value >= of.least && value <= of.most && (of.allows == nullptr || of.allows(value));
}

std::string allowed_values(const parameter &of)
{
    if (!of.allowed.empty())
        return of.allowed;
    if (of.names.empty())
        return fmt::format("from {} to {}", of.least, of.most);
    return fmt::format("one of {}", fmt::join(of.names, ", "));
}

std::string text_of(const parameter &of, int value)
{
    bool named = !of.names.empty() && value >= of.least && value <= of.most;
    return named ? of.names[static_cast<std::size_t>(value - of.least)] : std::to_string(value);
}

// A number in which zeros come first may be meant to be octal.
static bool has_leading_zero(std::string_view text)
{
    std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
    return digits.starts_with('0') && digits.size() > 1;
}

// The value that a text stands for.
static std::optional<int> parse_number(const parameter &of, std::string_view text)
{
    int value = 0;
    auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    bool sound = error == std::errc{} && rest == text.data() + text.size() && !has_leading_zero(text) && text != "-0";
    return sound && is_allowed(of, value) ? std::optional(value) : std::nullopt;
}

static std::optional<int> parse_value(const parameter &of, std::string_view text)
{
    for (std::size_t i = 0; i < of.names.size(); ++i)
        if (text == of.names[i])
            return of.least + static_cast<int>(i);
    return of.names.empty() ? parse_number(of, text) : std::nullopt;
}

// Puts one value over its preset; `read` turns what was given into a value of the parameter, if it is one.
static std::string apply(const scenario &which, std::vector<parameter_value> &values, std::string_view name,
                         std::string_view text, auto read)
{
    for (std::size_t i = 0; i < which.parameters.size(); ++i) {
        const parameter &p = which.parameters[i];
        if (name != p.name)
            continue;
        std::optional<int> value = read(p);
        if (!value)
            return fmt::format("parameter {} of scenario {} must be {}{}, not {}", p.name, which.name,
                               allowed_values(p), has_leading_zero(text) ? " without leading zeros" : "", text);
        values[i].value = *value;
        return "";
    }
    return fmt::format("scenario {} has no parameter {}; {}", which.name, name, allowed_keys(which));
}

static parameters_result presets_of(const scenario &which)
{
    parameters_result result;
    for (const parameter &p : which.parameters)
        result.values.push_back({p.name, p.preset});
    return result;
}

parameters_result complete_parameters(const scenario &which, const std::vector<parameter_value> &set)
{
    parameters_result result = presets_of(which);
    for (const parameter_value &given : set) {
        auto read = [&](const parameter &p) {
            return is_allowed(p, given.value) ? std::optional(given.value) : std::nullopt;
        };
        if (result.error.empty())
            result.error = apply(which, result.values, given.name, std::to_string(given.value), read);
    }
    return result;
}

static parameters_result read_texts(const scenario &which, const std::vector<parameter_setting> &set, auto read)
{
    parameters_result result = presets_of(which);
    for (const parameter_setting &given : set)
        if (result.error.empty())
            result.error = apply(which, result.values, given.name, given.text,
                                 [&](const parameter &p) { return read(p, given.text); });
    return result;
}

static bool is_zero(const std::vector<parameter_value> &values, std::string_view name)
{
    auto found = std::ranges::find(values, name, &parameter_value::name);
    return found == values.end() || found->value == 0;
}

// What is asked for in vain, in a sentence, or nothing.
static std::string idle_parameter(const scenario &which, const std::vector<parameter_value> &values)
{
    for (const parameter &p : which.parameters) {
        bool idle = !p.needs.empty() && !is_zero(values, p.name) &&
                    std::ranges::all_of(p.needs, [&](const char *other) { return is_zero(values, other); });
        if (idle)
            return fmt::format("parameter {} of scenario {} does nothing unless {} is more than 0", p.name, which.name,
                               fmt::join(p.needs, " or "));
    }
    return "";
}

parameters_result read_settings(const scenario &which, const std::vector<parameter_setting> &set)
{
    parameters_result result = read_texts(which, set, parse_value);
    if (result.error.empty())
        result.error = idle_parameter(which, result.values);
    return result;
}

parameters_result read_recorded_settings(const scenario &which, const std::vector<parameter_setting> &set)
{
    return read_texts(which, set, [](const parameter &of, std::string_view text) {
        std::optional<int> value = parse_value(of, text);
        return value ? value : parse_number(of, text);
    });
}

std::vector<parameter_setting> settings_of(const scenario &which, const std::vector<parameter_value> &values)
{
    std::vector<parameter_setting> settings;
    for (const parameter_value &each : values)
        for (const parameter &p : which.parameters)
            if (each.name == p.name)
                settings.push_back({each.name, text_of(p, each.value)});
    return settings;
}

std::string title_of(const scenario &which, const std::vector<parameter_value> &values)
{
    std::string title = which.name;
    for (const parameter_value &each : values)
        for (const parameter &p : which.parameters)
            if (each.name == p.name && each.value != p.preset)
                title += fmt::format("{}{}={}", title == which.name ? ':' : ',', p.name, text_of(p, each.value));
    return title;
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
