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
            return fmt::format("{}: key=value was expected, not \"{}\"{}", where, text,
                               find_scenario(text) != nullptr ? "; scenarios come before the options" : "");
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

// A scenario and what was written of its own parameters behind its name.
struct named_scenario {
    const scenario *which;
    std::vector<parameter_setting> own;
};

std::vector<std::string> split(const std::string &text, char separator)
{
    std::vector<std::string> parts;
    std::size_t from = 0;
    for (std::size_t to = text.find(separator); to != std::string::npos; to = text.find(separator, from)) {
        parts.push_back(text.substr(from, to - from));
        from = to + 1;
    }
    parts.push_back(text.substr(from));
    return parts;
}

// Names every scenario, so that one of them can be named again with parameters of its own.
constexpr const char *name_of_all = "all";

// Reads NAME or NAME:key=value,...
std::string read_name(const std::string &text, named_scenario &named)
{
    std::string name = text.substr(0, text.find(':'));
    named.which = find_scenario(name);
    if (named.which == nullptr)
        return no_scenario(name);
    return name == text ? "" : parse_settings(split(text.substr(name.size() + 1), ','), name, named.own);
}

std::string choose_scenarios(const std::vector<std::string> &names, std::vector<named_scenario> &named)
{
    auto add_all = [&] {
        for (const scenario &which : all_scenarios())
            named.push_back({&which, {}});
    };
    for (const std::string &text : names) {
        if (text == name_of_all)
            add_all();
        else if (std::string error = read_name(text, named.emplace_back()); !error.empty())
            return error;
    }
    if (names.empty())
        add_all();
    return "";
}

std::string find_unused(const std::vector<parameter_setting> &set, const std::vector<named_scenario> &named)
{
    for (const parameter_setting &value : set) {
        bool any = std::ranges::any_of(named, [&](const auto &n) { return has_parameter(*n.which, value.name); });
        if (any)
            continue;
        std::vector<std::string> allowed;
        for (const named_scenario &n : named)
            for (const parameter &p : n.which->parameters)
                if (std::ranges::find(allowed, p.name) == allowed.end())
                    allowed.emplace_back(p.name);
        return fmt::format("--set: no chosen scenario has a parameter {}; they have {}", value.name,
                           fmt::join(allowed, ", "));
    }
    return "";
}

// What was set for all goes to each chosen scenario that has it, and one must; its own settings win.
std::string set_parameters(const std::vector<parameter_setting> &set, const std::vector<named_scenario> &named,
                           std::vector<chosen_scenario> &chosen)
{
    if (std::string error = find_unused(set, named); !error.empty())
        return error;
    for (const named_scenario &n : named) {
        std::vector<parameter_setting> all = n.own;
        std::ranges::copy_if(set, std::back_inserter(all), [&](const parameter_setting &value) {
            bool own = std::ranges::find(n.own, value.name, &parameter_setting::name) != n.own.end();
            return has_parameter(*n.which, value.name) && !own;
        });
        parameters_result complete = read_settings(*n.which, all);
        if (!complete.error.empty())
            return complete.error;
        bool again = std::ranges::any_of(chosen, [&](const chosen_scenario &c) {
            return c.which == n.which && c.parameters == complete.values;
        });
        if (again)
            return fmt::format("scenario {} is named twice with the same parameters", n.which->name);
        chosen.push_back({n.which, complete.values});
    }
    return "";
}

} // namespace

std::string no_scenario(const std::string &name)
{
    std::vector<const char *> known;
    for (const scenario &which : all_scenarios())
        known.push_back(which.name);
    return fmt::format("there is no scenario \"{}\"; there are {}, or {} of them", name, fmt::join(known, ", "), name_of_all);
}

std::string choose_subject(const std::vector<std::string> &names, const std::vector<std::string> &set,
                           std::vector<chosen_scenario> &chosen)
{
    std::vector<parameter_setting> settings;
    std::vector<named_scenario> named;
    std::vector<std::string> texts;
    for (const std::string &each : set)
        std::ranges::move(split(each, ','), std::back_inserter(texts));
    std::string error = parse_settings(texts, "--set", settings);
    if (error.empty())
        error = choose_scenarios(names, named);
    return error.empty() ? set_parameters(settings, named, chosen) : error;
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

std::string check_out_file(const std::string &path)
{
    namespace fs = std::filesystem;
    if (path.empty())
        return "--out: the name of a file was expected, not \"\"";
    std::error_code error;
    // A link would be replaced by the file, and so would a device.
    fs::file_status there = fs::symlink_status(path, error);
    if (fs::exists(there) && !fs::is_regular_file(there))
        return fmt::format("--out: {} is there and no regular file", path);
    fs::path folder = fs::absolute(path, error).parent_path();
    if (!fs::is_directory(folder, error))
        return fmt::format("--out: there is no folder {}", folder.string());
    return check_out_folder(folder.string());
}

} // namespace interfuse
