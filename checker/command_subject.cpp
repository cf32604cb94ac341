// Names of scenarios and settings of parameters, looked up.
#include "checker/command_subject.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace interfuse {

namespace {

// `where` is for sentences: --set, or the scenario that the settings are of.
std::string parse_settings(const std::vector<std::string> &texts, const std::string &where,
                           std::vector<parameter_setting> &settings)
{
    for (const std::string &text : texts) {
        std::size_t equals = text.find('=');
        if (equals == std::string::npos || equals == 0 || equals + 1 == text.size())
            return fmt::format("{}: key=value was expected, not \"{}\"", where, text);
        parameter_setting next{text.substr(0, equals), text.substr(equals + 1)};
        auto before = std::ranges::find(settings, next.name, &parameter_setting::name);
        if (before != settings.end())
            return fmt::format("{}: {} is given twice, as {} and as {}; once is allowed", where, next.name,
                               before->text, next.text);
        settings.push_back(std::move(next));
    }
    return "";
}

bool has_parameter(const scenario &which, const std::string &name)
{
    return std::any_of(which.parameters.begin(), which.parameters.end(),
                       [&](const parameter &p) { return p.name == name; });
}

std::string choose_scenarios(const std::vector<std::string> &names, std::vector<chosen_scenario> &chosen)
{
    std::vector<const char *> known;
    for (const scenario &which : all_scenarios()) {
        known.push_back(which.name);
        if (names.empty())
            chosen.push_back({&which, {}});
    }
    for (const std::string &name : names) {
        const scenario *which = find_scenario(name);
        if (which == nullptr)
            return fmt::format("there is no scenario \"{}\"; there are {}", name, fmt::join(known, ", "));
        bool again = std::any_of(chosen.begin(), chosen.end(), [&](const auto &c) { return c.which == which; });
        if (again)
            return fmt::format("scenario {} is named twice", name);
        chosen.push_back({which, {}});
    }
    return "";
}

// A parameter goes to each chosen scenario that has it, and one must.
std::string set_parameters(const std::vector<parameter_setting> &settings, std::vector<chosen_scenario> &chosen)
{
    for (const parameter_setting &value : settings) {
        bool any = std::any_of(chosen.begin(), chosen.end(),
                               [&](const auto &c) { return has_parameter(*c.which, value.name); });
        if (any)
            continue;
        std::vector<std::string> allowed;
        for (const chosen_scenario &c : chosen) {
            for (const parameter &p : c.which->parameters) {
                if (std::find(allowed.begin(), allowed.end(), p.name) == allowed.end())
                    allowed.emplace_back(p.name);
            }
        }
        return fmt::format("--set: no chosen scenario has a parameter {}; they have {}", value.name,
                           fmt::join(allowed, ", "));
    }
    for (chosen_scenario &c : chosen) {
        std::vector<parameter_setting> own;
        std::copy_if(settings.begin(), settings.end(), std::back_inserter(own),
                     [&](const parameter_setting &value) { return has_parameter(*c.which, value.name); });
        parameters_result complete = read_settings(*c.which, own);
        if (!complete.error.empty())
            return complete.error;
        c.parameters = complete.values;
    }
    return "";
}

} // namespace

std::string choose_subject(const std::vector<std::string> &names, const std::vector<std::string> &set,
                           std::vector<chosen_scenario> &chosen)
{
    std::vector<parameter_setting> settings;
    std::string error = parse_settings(set, "--set", settings);
    if (error.empty())
        error = choose_scenarios(names, chosen);
    return error.empty() ? set_parameters(settings, chosen) : error;
}

std::string check_out_folder(const std::string &folder)
{
    namespace fs = std::filesystem;
    if (folder.empty())
        return "--out: the name of a folder was expected, not \"\"";
    std::error_code error;
    fs::path wanted = fs::absolute(folder, error), there = wanted;
    while (!fs::exists(there, error) && there.has_parent_path() && there != there.parent_path())
        there = there.parent_path();
    if (!fs::is_directory(there, error))
        return fmt::format("--out: {} cannot be a folder, since {} is none", folder, there.string());
    // Tried out, since permissions tell root nothing. The folder itself is made when there is something to write.
    std::string trial = (there / ".interfuse-XXXXXX").string();
    if (mkdtemp(trial.data()) == nullptr)
        return fmt::format("--out: nothing can be written to {}: {}", there.string(), std::strerror(errno));
    error.clear();
    fs::create_directories(trial / wanted.lexically_relative(there), error);
    std::string sentence =
        error ? fmt::format("--out: {} cannot be made a folder: {}", folder, error.message()) : std::string();
    fs::remove_all(trial, error);
    return sentence;
}

} // namespace interfuse
