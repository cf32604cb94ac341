// Parsing the arguments of one verb.
#include "checker/command_line.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include "checker/exit_status.hpp"

namespace interfuse {

namespace {

// An option's line says what it takes and its preset, and not how CLI11 calls the type.
class plain_formatter : public CLI::Formatter {
public:
    std::string make_option_opts(const CLI::Option *option) const override
    {
        return option->get_option_text().empty() ? "" : " " + option->get_option_text();
    }
    std::string make_option_desc(const CLI::Option *option) const override
    {
        const std::string &preset = option->get_default_str();
        return option->get_description() + (preset.empty() ? "" : fmt::format(" (preset: {})", preset));
    }
};

} // namespace

verb_line::verb_line(const char *summary, const char *name) : CLI::App(summary, name)
{
    formatter(std::make_shared<plain_formatter>());
    get_formatter()->column_width(34);
    allow_config_extras(CLI::config_extras_mode::error);
}

bool has_leading_zero(std::string_view number)
{
    return number.size() > 1 && number[0] == '0' && std::isdigit(static_cast<unsigned char>(number[1])) != 0;
}

CLI::Validator whole_number(std::uint64_t least, std::uint64_t most)
{
    return {[least, most](std::string &text) {
                std::uint64_t value = 0;
                auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
                bool is_number = error == std::errc{} && end == text.data() + text.size() && !has_leading_zero(text);
                if (is_number && value >= least && value <= most)
                    return std::string();
                std::string bounds =
                    most != UINT64_MAX ? fmt::format("from {} to {}", least, most)
                    : least == 0       ? "below 2^64"
                                       : fmt::format("from {}, below 2^64,", least);
                return fmt::format("a decimal number {}{} was expected, not {}", bounds,
                                   has_leading_zero(text) ? " without leading zeros" : "", text);
            },
            ""};
}

CLI::Validator unsigned_number()
{
    return whole_number(0, UINT64_MAX);
}

CLI::Option *with_environment(CLI::Option *option)
{
    std::string name = "INTERFUSE_" + option->get_lnames().at(0);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return c == '-' ? '_' : static_cast<char>(std::toupper(c)); });
    return option->envname(name);
}

CLI::Validator number_of_seconds()
{
    static constexpr double most = 1e7;
    return {[](std::string &text) {
                double value = 0;
                auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
                bool sound = error == std::errc{} && end == text.data() + text.size() && value >= 0.001 && value <= most &&
                             !has_leading_zero(text);
                return sound ? std::string()
                             : fmt::format("a number of seconds from 0.001 to {}{} was expected, not {}", most,
                                           has_leading_zero(text) ? " without leading zeros" : "", text);
            },
            ""};
}

CLI::Option *add_watch_option(CLI::App &app, std::optional<std::string> &text, const std::string &preset, const char *group)
{
    return with_environment(app.add_option("--watch", text, "What watches the core's accesses, see: list watchers"))
        ->option_text("all|none|NAME,...")
        ->default_str(preset)
        ->group(group);
}

std::optional<int> parse_arguments(CLI::App &app, int argc, char **argv)
{
    try {
        app.parse(argc - 1, argv + 1);
    } catch (const CLI::CallForHelp &) {
        fmt::print("{}", app.help());
        return exit_met;
    } catch (const CLI::ParseError &error) {
        std::string sentence = error.what();
        if (error.get_name() == "ConfigError")
            sentence = "the config file: " + sentence;
        return complain(exit_usage, fmt::format("{}; {} --help lists what is allowed", sentence, app.get_name()));
    }
    // CLI11 would do without the file.
    const CLI::Option *config = app.get_config_ptr();
    if (config != nullptr && config->count() > 0 && config->as<std::string>().empty())
        return complain(exit_usage, "--config: the name of a file was expected, not \"\"");
    return {};
}

void add_config_option(CLI::App &app, const char *group)
{
    // CLI11 looks at no variable for the file itself. One that is named there must exist.
    const char *file = std::getenv("INTERFUSE_CONFIG");
    bool is_named = file != nullptr && *file != 0;
    app.set_config("--config", is_named ? file : "", "Read options from lines of option = value", is_named)
        ->option_text("FILE")
        ->group(group);
}

// What a terminal would obey is shown instead, since sentences quote what was given.
static std::string without_controls(std::string_view text)
{
    std::string shown;
    for (char each : text) {
        auto byte = static_cast<unsigned char>(each);
        bool obeyed = (byte < 0x20 && each != '\n') || byte == 0x7f;
        shown += obeyed ? fmt::format("\\x{:02x}", byte) : std::string(1, each);
    }
    return shown;
}

int complain(int status, std::string_view sentence)
{
    std::fflush(stdout);
    try {
        fmt::print(stderr, "interfuse: {}\n", without_controls(sentence));
    } catch (const std::system_error &) {
        // stderr takes nothing either: the status has to say it.
    }
    return status;
}

} // namespace interfuse
