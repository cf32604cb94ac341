// The report as JUnit XML.
#include <sstream>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "checker/report.hpp"

namespace interfuse {

static void add_test_case(pugi::xml_node suite, const explore_options &options, const scenario_sample &sample)
{
    pugi::xml_node test = suite.append_child("testcase");
    test.append_attribute("name") = sample.of.title().c_str();
    test.append_attribute("classname") = fmt::format("interfuse.{}", options.core).c_str();
    test.append_attribute("time") = std::chrono::duration<double>(sample.took).count();
    if (sample.sums.runs == 0)
        test.append_child("skipped").append_attribute("message") = "not begun";
    std::string out = fmt::format("sample of {}, {}, seed {}\n", counted(sample.sums.runs, "run"),
                                  counted(sample.sums.steps, "step"), options.seed);
    for (const finding &found : sample.findings) {
        if (found.accepted) {
            out += fmt::format("known, {}: {}: {}\n", counted(found.count, "run"), found.trace, sentence_of(found));
            continue;
        }
        pugi::xml_node failure = test.append_child("failure");
        failure.append_attribute("type") = found.verdict.invariant.c_str();
        failure.append_attribute("message") = sentence_of(found).c_str();
        failure.text() =
            found.trace.empty()
                ? "there is no trace"
                : fmt::format("run {}, replay with: ./interfuse replay {}", found.first_run, found.trace).c_str();
    }
    test.append_child("system-out").text() = out.c_str();
}

std::string report_junit(const explore_options &options, const exploration &result)
{
    pugi::xml_document document;
    pugi::xml_node suite = document.append_child("testsuite");
    std::size_t failures = 0, not_begun = 0;
    for (const scenario_sample &sample : result.samples) {
        not_begun += sample.sums.runs == 0;
        for (const finding &found : sample.findings)
            failures += !found.accepted;
    }
    suite.append_attribute("name") = "interfuse explore";
    suite.append_attribute("tests") = result.samples.size();
    suite.append_attribute("failures") = failures;
    suite.append_attribute("skipped") = not_begun;
    suite.append_attribute("time") = std::chrono::duration<double>(result.took).count();
    for (const scenario_sample &sample : result.samples)
        add_test_case(suite, options, sample);
    std::ostringstream text;
    document.save(text, "  ");
    return text.str();
}

} // namespace interfuse
