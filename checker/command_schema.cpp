// The verb schema.
#include <map>

#include <fmt/format.h>

#include "checker/command.hpp"
#include "checker/command_line.hpp"
#include "checker/exit_status.hpp"
#include "generated/coverage_schema.hpp"
#include "generated/mutants_schema.hpp"
#include "generated/report_schema.hpp"
#include "generated/selfcheck_schema.hpp"
#include "generated/trace_schema.hpp"

namespace interfuse {

int run_schema(int argc, char **argv)
{
    static const std::map<std::string, const char *> schemas = {
        {"trace", trace_schema},     {"report", report_schema},       {"coverage", coverage_schema},
        {"mutants", mutants_schema}, {"selfcheck", selfcheck_schema},
    };
    verb_line app("Prints the JSON Schema (draft 2020-12) of traces or of reports.", "interfuse schema");
    std::string of;
    std::vector<std::string> names;
    for (const auto &[name, text] : schemas)
        names.push_back(name);
    app.add_option("WHAT", of, "trace, report (of explore and verify), coverage, mutants or selfcheck")
        ->required()
        ->check(CLI::IsMember(names));
    if (std::optional<int> status = parse_arguments(app, argc, argv))
        return *status;
    fmt::print("{}", schemas.at(of));
    return exit_met;
}

} // namespace interfuse
