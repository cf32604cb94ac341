// The verb show.
#include <cstdint>

#include <fmt/format.h>

#include "checker/command.hpp"
#include "checker/command_line.hpp"
#include "checker/exit_status.hpp"
#include "checker/trace/trace_file.hpp"
#include "checker/views/columns.hpp"
#include "checker/views/terminal.hpp"

namespace interfuse {

static void print_head(const trace &t)
{
    fmt::print("scenario {}", t.scenario);
    for (const parameter_setting &parameter : t.parameters)
        fmt::print(" {}={}", parameter.name, parameter.text);
    fmt::print("\ncore {}, strategy {}, {} points, seed {}, run {}; interfuse {}, {} {}\n", t.core, t.strategy,
               name_of(t.points), t.seed, t.run, t.build.version, t.build.compiler, t.build.flags);
    fmt::print("verdict: {}", sim::name_of(t.verdict.kind));
    if (t.verdict.fingerprint != 0)
        fmt::print(" {:016x}: {}: {}{}", t.verdict.fingerprint, t.verdict.invariant, t.verdict.message,
                   place_text(t.verdict));
    fmt::print("\n\n");
}

int run_show(int argc, char **argv)
{
    verb_line app("Prints a trace in columns, one for each task.", "interfuse show");
    std::string path;
    columns_options options;
    app.add_option("TRACE", path, "A trace file")->required();
    with_environment(app.add_option("--last", options.last, "Print so many of the last events, not all"))
        ->option_text("N")
        ->check(unsigned_number());
    if (std::optional<int> status = parse_arguments(app, argc, argv))
        return *status;
    trace_result read = read_trace(path);
    if (!read.error.empty())
        return complain(exit_rejected, read.error);
    options.width = terminal_width();
    options.colour = terminal_has_colour();
    options.hint = fmt::format("./interfuse show {}", path);
    print_head(read.what);
    fmt::print("{}", columns_of(read.what, options));
    return exit_met;
}

} // namespace interfuse
