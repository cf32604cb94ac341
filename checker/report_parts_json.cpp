// Parts of reports in JSON.
#include "checker/report_parts_json.hpp"

#include <fmt/format.h>

#include "checker/trace/settings_json.hpp"

namespace interfuse {

using nlohmann::ordered_json;

double seconds_of(std::chrono::nanoseconds time)
{
    return std::chrono::duration<double>(time).count();
}

std::string hex(std::uint64_t number)
{
    return fmt::format("{:016x}", number);
}

ordered_json json_of(const finding &found)
{
    const source_place &where = found.verdict.location;
    return {{"fingerprint", found.verdict.fingerprint ? hex(found.verdict.fingerprint) : ""},
            {"known", found.documented},
            {"kind", sim::name_of(found.verdict.kind)},
            {"invariant", found.verdict.invariant},
            {"message", found.verdict.message},
            {"location", {{"file", where.file}, {"function", where.function}, {"line", where.line}}},
            {"caller", found.verdict.caller},
            {"scenario", found.of.which->name},
            {"parameters", json_of(found.of)},
            {"count", found.count},
            {"first_run", std::to_string(found.first_run)},
            {"trace", found.trace}};
}

ordered_json json_of(const chosen_scenario &chosen)
{
    return json_of_settings(settings_of(*chosen.which, chosen.parameters));
}

ordered_json tool_json()
{
    build_description build = this_build();
    return {{"version", build.version}, {"compiler", build.compiler}, {"flags", build.flags}};
}

} // namespace interfuse
