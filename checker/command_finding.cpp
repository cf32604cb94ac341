// Findings and progress, as they come.
#include "checker/command_finding.hpp"

#include <cstdio>

#include <fmt/format.h>
#include <unistd.h>

#include "checker/report.hpp"
#include "checker/views/columns.hpp"
#include "checker/views/terminal.hpp"

namespace interfuse {

void print_finding(const std::string &where, const finding &found, const trace &recorded)
{
    constexpr std::size_t rows_shown = 60;
    fmt::print("{}: {}\n", where, sentence_of(found));
    if (recorded.steps.empty())
        return;
    if (!found.trace.empty())
        fmt::print("trace: {0}\nreplay: ./interfuse replay {0}\n", found.trace);
    fmt::print("\n");
    columns_options options;
    options.width = terminal_width();
    options.colour = terminal_has_colour();
    options.last = rows_shown;
    if (!found.trace.empty())
        options.hint = fmt::format("./interfuse show {}", found.trace);
    fmt::print("{}\n", columns_of(recorded, options));
    std::fflush(stdout);
}

progress_line::progress_line() : terminal(isatty(STDERR_FILENO)), next(std::chrono::steady_clock::now() + pause()) {}

void progress_line::show(const std::string &text)
{
    next = std::chrono::steady_clock::now() + pause();
    if (terminal)
        fmt::print(stderr, "\r\x1b[K{}", text);
    else
        fmt::print(stderr, "interfuse: {}\n", text);
    std::fflush(stderr);
    shown = true;
}

void progress_line::clear()
{
    if (terminal && shown)
        fmt::print(stderr, "\r\x1b[K");
    std::fflush(stderr);
    shown = false;
}

} // namespace interfuse
