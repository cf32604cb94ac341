// The command line of interfuse.
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/command.hpp"
#include "checker/command_core.hpp"
#include "checker/command_line.hpp"
#include "checker/exit_status.hpp"
#include "checker/trace/trace.hpp"

namespace {

using namespace interfuse;

void print_help()
{
    fmt::print("interfuse runs the request transport of Linux's FUSE (fs/fuse/dev.c, spring 2006) on a simulated\n"
               "kernel, explores how its tasks interleave, and writes a trace of each violation it finds.\n\n"
               "usage: interfuse VERB [ARGUMENTS]       interfuse VERB --help       interfuse --version\n\n");
    for (const verb &each : all_verbs())
        fmt::print("  {:<28}{}\n", fmt::format("{} {}", each.name, each.arguments), each.summary);
}

void print_version()
{
    build_description build = this_build();
    fmt::print("interfuse {} ({}, {}), core {}\n", build.version, build.compiler, build.flags, core_name);
}

int run_verb(int argc, char **argv)
{
    std::string_view asked = argc > 1 ? argv[1] : "";
    if (asked.empty() || asked == "help" || asked == "--help" || asked == "-h") {
        print_help();
        return asked.empty() ? exit_usage : exit_met;
    }
    if (asked == "--version") {
        print_version();
        return exit_met;
    }
    std::vector<const char *> names;
    for (const verb &each : all_verbs()) {
        if (asked == each.name)
            return each.run(argc, argv);
        names.push_back(each.name);
    }
    return complain(exit_usage, fmt::format("there is no verb \"{}\"; there are {}", asked, fmt::join(names, ", ")));
}

// The reason is not known where an earlier write has failed.
int output_lost(int error)
{
    return complain(exit_error, fmt::format("stdout could not be written{}{}", error != 0 ? ": " : "",
                                            error != 0 ? std::strerror(error) : ""));
}

} // namespace

int main(int argc, char **argv)
{
    int status = 0;
    try {
        status = run_verb(argc, argv);
    } catch (const std::system_error &unwritten) {
        return output_lost(unwritten.code().value());
    }
    // What is still buffered may have no room either.
    errno = 0;
    bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
    return written ? status : output_lost(errno);
}
