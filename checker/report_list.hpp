// What there is, for programs.
#pragma once

#include <string>

#include "checker/trace/core_list.hpp"

namespace interfuse {

struct listing {
    bool scenarios = false;
    bool cores = false;
    bool invariants = false;
    bool strategies = false;
    bool watchers = false;
    bool lockless = false; // fields declared so
    core_list core_list_read; // if cores are wanted
};

// An object with an array for each thing wanted.
std::string list_json(const listing &wanted);

} // namespace interfuse
