// The verbs of the command line.
#pragma once

#include <span>

namespace interfuse {

struct verb {
    const char *name;
    const char *arguments;
    const char *summary;
    // argv[0] is the program, argv[1] the verb. Returns the exit status.
    int (*run)(int argc, char **argv);
};

std::span<const verb> all_verbs();

int run_coverage(int argc, char **argv);
int run_explore(int argc, char **argv);
int run_list(int argc, char **argv);
int run_mutants(int argc, char **argv);
int run_replay(int argc, char **argv);
int run_schema(int argc, char **argv);
int run_selfcheck(int argc, char **argv);
int run_show(int argc, char **argv);
int run_verify(int argc, char **argv);

} // namespace interfuse
