// What all formats of reports say alike.
#include "checker/report.hpp"

#include <fmt/format.h>

#include "checker/views/wording.hpp"

namespace interfuse {

std::string_view verdict_of(const exploration &result)
{
    if (result.any_new() || !result.nondeterminism.empty())
        return "violation";
    if (result.interrupted != 0 || result.time_up || result.any_cut() || !result.error.empty())
        return "incomplete";
    for (const scenario_sample &sample : result.samples) {
        if (!sample.findings.empty())
            return "known";
    }
    return "clean";
}

std::string sentence_of(const finding &found)
{
    return fmt::format("{}: {}{}", found.verdict.invariant, found.verdict.message, place_text(found.verdict));
}

std::string grouped(std::uint64_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3; at -= 3)
        digits.insert(at - 3, 1, ',');
    return digits;
}

std::string counted(std::uint64_t number, std::string_view noun)
{
    return fmt::format("{} {}{}", grouped(number), noun, number == 1 ? "" : "s");
}

} // namespace interfuse
