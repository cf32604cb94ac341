// Numbering and collecting strikes.
#include "checker/strikes/observation.hpp"

#include <algorithm>

#include "sim/fault.hpp"

namespace interfuse {

unsigned number_of(const strike &what)
{
    auto by = static_cast<unsigned>(what.by);
    auto at = static_cast<unsigned>(what.at);
    return (by * request_stages + at) * opcodes + what.opcode;
}

strike strike_of(unsigned number)
{
    unsigned place = number / opcodes;
    return {static_cast<disturbance>(place / request_stages), static_cast<request_stage>(place % request_stages),
            number % opcodes};
}

void observation::add(const strike &what)
{
    auto number = static_cast<std::uint16_t>(number_of(what));
    if (std::ranges::find(struck(), number) != struck().end())
        return;
    sim::require(count < strikes_max, "a run has more different strikes than an observation has room for");
    numbers[count++] = number;
}

} // namespace interfuse
