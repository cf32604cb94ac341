// The report of coverage for a person: a scenario a row, the sums, and what is missing.
#include "checker/report_coverage.hpp"

#include <algorithm>
#include <bit>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "checker/coverage/transition_rows.hpp"
#include "checker/report.hpp"

namespace interfuse {

namespace {

constexpr const char *dev = "core/dev.cpp";

std::string text_of(const share_reached &share)
{
    return fmt::format("{}/{}", share.reached, share.all);
}

unsigned strikes_in(const tally &sums)
{
    return static_cast<unsigned>(std::ranges::count_if(sums.runs_struck, [](std::uint64_t runs) { return runs > 0; }));
}

std::string row_text(std::string_view name, std::uint64_t runs, const line_counts &counts, std::uint32_t rows,
                     const tally &sums)
{
    reach of_dev = counts.of(dev);
    reach of_all = counts.of("core/");
    return fmt::format("{:<20} {:>9}  {:>9} {:>9}  {:>10} {:>10}  {:>6}  {:>7}\n", name, grouped(runs),
                       text_of(of_dev.lines), text_of(of_dev.branches), text_of(of_all.lines), text_of(of_all.branches),
                       fmt::format("{}/{}", std::popcount(rows), transition_rows().size()), strikes_in(sums));
}

std::string scenarios_text(const coverage_report &report)
{
    std::string text = fmt::format("{:<20} {:>9}  {:>19}  {:>21}  {:>6}  {:>7}\n", "", "", "dev.cpp", "core/", "", "");
    text += fmt::format("{:<20} {:>9}  {:>9} {:>9}  {:>10} {:>10}  {:>6}  {:>7}\n", "scenario", "runs", "lines",
                        "branches", "lines", "branches", "rows", "strikes");
    for (const scenario_reach &each : report.measured.scenarios)
        text += row_text(each.of->name, each.sums.runs, each.counts, each.rows, each.sums);
    return text + row_text("all of them", report.sums.runs, report.sum, report.rows, report.sums);
}

std::string files_text(const coverage_report &report)
{
    std::string text = "\nfile                       lines   branches\n";
    for (const std::string &file : report.sum.files()) {
        reach of = report.sum.of(file);
        text += fmt::format("{:<22} {:>9}  {:>9}\n", file, text_of(of.lines), text_of(of.branches));
    }
    return text;
}

std::string transitions_text(const coverage_report &report)
{
    std::string text = "\nscenarios  transition of a request\n";
    for (std::size_t i = 0; i < transition_rows().size(); ++i) {
        const transition_row &row = transition_rows()[i];
        auto in = std::ranges::count_if(report.measured.scenarios,
                                        [&](const scenario_reach &each) { return (each.rows >> i & 1) != 0; });
        text += fmt::format("{:>9}  {} -> {}, in {}\n", in == 0 ? "never" : fmt::format("{}", in), row.from, row.to,
                            row.where);
        if (!row.not_in_faithful.empty())
            text += fmt::format("           not on linux-2.6.17: {}\n", row.not_in_faithful);
        if ((report.contradicting_rows() >> i & 1) != 0)
            text += "           but it was seen\n";
    }
    return text;
}

// A line for each disturbance of an operation, with the stages at which it struck.
std::string strikes_text(const coverage_report &report)
{
    std::string text = "\noperation     disturbance        stages at which it struck\n";
    for (unsigned opcode = 0; opcode < opcodes; ++opcode) {
        for (unsigned by = 0; by < disturbances; ++by) {
            std::vector<std::string_view> stages;
            for (unsigned at = 0; at < request_stages; ++at) {
                strike each = {static_cast<disturbance>(by), static_cast<request_stage>(at), opcode};
                if (report.sums.runs_struck[number_of(each)] > 0)
                    stages.push_back(name_of(each.at));
            }
            if (!stages.empty())
                text += fmt::format("{:<13} {:<18} {}\n", name_of_opcode(opcode), name_of(static_cast<disturbance>(by)),
                                    fmt::join(stages, ", "));
        }
    }
    return text;
}

std::string gap_text(const gap &open)
{
    std::string what = open.branch < 0 ? "" : fmt::format("  (branch {})", open.branch);
    return fmt::format("{:<28} {}{}\n{}", fmt::format("{}:{}", open.file, open.line), open.source, what,
                       open.reason.empty() ? "" : fmt::format("                             {}\n", open.reason));
}

std::string gaps_text(const coverage_report &report)
{
    std::string excused;
    std::string open;
    for (const gap &each : report.of_core.open)
        (each.reason.empty() ? open : excused) += gap_text(each);
    std::string text;
    if (!excused.empty())
        text += "\nnothing can reach these of the core:\n" + excused;
    if (!open.empty())
        text += "\nnot reached, and nobody says why:\n" + open;
    return text;
}

std::string strike_gaps_text(const coverage_report &report)
{
    std::string text = report.unstruck_rows.empty() ? "" : "\nthese strikes cannot be:\n";
    for (const unstruck &row : report.unstruck_rows)
        text += fmt::format("{}\n    {}\n", row.text, row.reason);
    if (!report.of_strikes.open.empty())
        text += "\nnever struck, and nobody says why:\n";
    for (const strike &open : report.of_strikes.open)
        text += fmt::format("{:<13} {:<18} {}\n", name_of_opcode(open.opcode), name_of(open.by), name_of(open.at));
    return text;
}

std::string complaints_text(const coverage_report &report)
{
    std::string text;
    for (const std::vector<std::string> *complaints : {&report.of_core.complaints, &report.of_strikes.complaints})
        for (const std::string &complaint : *complaints)
            text += complaint + "\n";
    return text.empty() ? "" : "\n" + text;
}

std::string conclusion(const coverage_report &report)
{
    auto open = std::ranges::count_if(report.of_core.open, [](const gap &each) { return each.reason.empty(); });
    auto missing = static_cast<std::uint64_t>(std::popcount(report.missing_rows()));
    std::string text = fmt::format(
        "core {}, seed {}: {} of the core not reached without a reason, {} and {} never seen; digest {:016x}",
        report.core, report.seed, counted(static_cast<std::uint64_t>(open), "place"), counted(missing, "transition"),
        counted(report.of_strikes.open.size(), "strike"), report.sums.digest);
    return text + (report.measured.cut ? "; ended before all runs\n" : "\n");
}

} // namespace

std::uint32_t coverage_report::missing_rows() const
{
    std::uint32_t missing = 0;
    for (std::size_t i = 0; i < transition_rows().size(); ++i)
        if ((rows >> i & 1) == 0 && (core != "linux-2.6.17" || transition_rows()[i].not_in_faithful.empty()))
            missing |= std::uint32_t{1} << i;
    return missing;
}

std::uint32_t coverage_report::contradicting_rows() const
{
    std::uint32_t contradicting = 0;
    for (std::size_t i = 0; i < transition_rows().size(); ++i)
        if ((rows >> i & 1) != 0 && core == "linux-2.6.17" && !transition_rows()[i].not_in_faithful.empty())
            contradicting |= std::uint32_t{1} << i;
    return contradicting;
}

bool coverage_report::is_complete() const
{
    bool explained = std::ranges::none_of(of_core.open, [](const gap &each) { return each.reason.empty(); });
    bool struck = of_strikes.open.empty() && of_strikes.complaints.empty();
    return explained && of_core.complaints.empty() && struck && missing_rows() == 0 &&
           contradicting_rows() == 0;
}

std::string coverage_text(const coverage_report &report)
{
    return scenarios_text(report) + files_text(report) + transitions_text(report) + strikes_text(report) +
           gaps_text(report) + strike_gaps_text(report) + complaints_text(report) + "\n" + conclusion(report);
}

} // namespace interfuse
