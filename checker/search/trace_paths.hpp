// Names for the traces of one search.
#pragma once

#include <map>
#include <string>

#include "checker/trace/trace.hpp"

namespace interfuse {

class trace_paths {
public:
    explicit trace_paths(std::string folder) : folder(std::move(folder)) {}

    // Made of the scenario, the core and the fingerprint. The same scenario with other parameters may come to the same
    // name; a second trace gets "-2" at its end, a third one "-3".
    std::string next(const trace &of);

private:
    std::string folder;
    std::map<std::string, unsigned> given;
};

} // namespace interfuse
