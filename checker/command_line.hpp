// Parsing the arguments of one verb.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

namespace interfuse {

// An App whose help is easy to read, and which knows every key of its config file.
class verb_line : public CLI::App {
public:
    verb_line(const char *summary, const char *name);
};

// Lets INTERFUSE_NAME stand for an option --name that is not given.
CLI::Option *with_environment(CLI::Option *option);

// Whether it begins with a zero behind which another digit comes. CLI11 would take such a number for an octal one.
bool has_leading_zero(std::string_view number);

// Accepts only digits, with a value in these bounds; CLI11 would take a sign and wrap around.
CLI::Validator whole_number(std::uint64_t least, std::uint64_t most);
CLI::Validator unsigned_number();

// Accepts a number of seconds; a range of CLI11 would let NaN through.
CLI::Validator number_of_seconds();

// --watch, for parse_watch(); nothing if it is not given, which means the preset. Returns it, to say more of it.
CLI::Option *add_watch_option(CLI::App &app, std::optional<std::string> &text, const std::string &preset, const char *group);

// --config, for a file of options that the command line wins over.
void add_config_option(CLI::App &app, const char *group);

// Parses what follows the verb. Returns an exit status if there is nothing left to do: help was printed, or the
// arguments were wrong and one sentence says so.
std::optional<int> parse_arguments(CLI::App &app, int argc, char **argv);

// One sentence for the user, on stderr. Returns the status, for the caller to return.
int complain(int status, std::string_view sentence);

} // namespace interfuse
