// Reporting mistakes of interfuse itself.
#include "sim/fault.hpp"

#include <cstdlib>

#include <fmt/format.h>

namespace sim {

void internal_error(const char *what, place where)
{
    fmt::print(stderr, "interfuse: error in interfuse itself: {} ({}:{})\n", what, where.file(), where.line());
    std::_Exit(exit_internal);
}

} // namespace sim
