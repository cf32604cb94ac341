// The verb schema.
#include <fmt/format.h>

#include "checker/command.hpp"
#include "checker/command_line.hpp"
#include "checker/exit_status.hpp"
#include "generated/coverage_schema.hpp"
#include "generated/report_schema.hpp"
#include "generated/trace_schema.hpp"

namespace interfuse {

int run_schema(int argc, char **argv)
{
    verb_line app("Prints the JSON Schema (draft 2020-12) of traces or of reports.", "interfuse schema");
    std::string of;
    app.add_option("WHAT", of, "trace, report or coverage")
        ->required()
        ->check(CLI::IsMember({"trace", "report", "coverage"}));
    if (std::optional<int> status = parse_arguments(app, argc, argv))
        return *status;
    fmt::print("{}", of == "trace" ? trace_schema : of == "report" ? report_schema : coverage_schema);
    return exit_met;
}

} // namespace interfuse
