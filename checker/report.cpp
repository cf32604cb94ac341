// What all formats of reports say alike.
#include "checker/report.hpp"

#include <fmt/format.h>

#include "checker/views/wording.hpp"
#include "sim/lockless_need.hpp"

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

std::vector<std::string> unneeded_lockless_fields(const explore_options &options, const exploration &result)
{
    std::vector<std::string> unneeded;
    if ((options.watch & sim::watch_races) == 0)
        return unneeded;
    std::uint64_t needed = 0;
    for (const scenario_sample &sample : result.samples)
        needed |= sample.sums.lockless_needed;
    auto fields = sim::lockless_fields();
    for (std::size_t i = 0; i < fields.size(); ++i)
        if ((needed >> i & 1) == 0)
            unneeded.push_back(fields[i]);
    return unneeded;
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
