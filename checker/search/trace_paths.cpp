// Names for the traces of one search.
#include "checker/search/trace_paths.hpp"

#include <fmt/format.h>

namespace interfuse {

std::string trace_paths::next(const trace &of)
{
    std::string stem = fmt::format("{}/{}-{}-{:016x}", folder, of.scenario, of.core, of.verdict.fingerprint);
    unsigned number = ++given[stem];
    return number == 1 ? stem + ".json" : fmt::format("{}-{}.json", stem, number);
}

} // namespace interfuse
