// The report as workflow commands of GitHub.
#include <fmt/format.h>

#include "checker/report.hpp"

namespace interfuse {

// Percent-encoded as the runner expects it: properties also escape what separates them.
static std::string escaped(const std::string &text, bool property)
{
    std::string out;
    for (char c : text) {
        bool special = c == '%' || c == '\r' || c == '\n' || (property && (c == ':' || c == ','));
        out += special ? fmt::format("%{:02X}", static_cast<unsigned char>(c)) : std::string(1, c);
    }
    return out;
}

std::string report_github(const exploration &result)
{
    std::string text;
    for (const scenario_sample &sample : result.samples) {
        for (const finding &found : sample.findings) {
            const source_place &where = found.verdict.location;
            std::string place =
                where.line == 0 ? "" : fmt::format("file={},line={},", escaped(where.file, true), where.line);
            std::string message =
                fmt::format("{}; {} of scenario {}; {}", sentence_of(found), counted(found.count, "run"),
                            found.of.title(), found.trace.empty() ? "no trace" : "trace " + found.trace);
            text += fmt::format("::{} {}title={}::{}\n", found.accepted ? "notice" : "error", place,
                                escaped("interfuse: " + found.verdict.invariant, true), escaped(message, false));
        }
    }
    return text;
}

} // namespace interfuse
