// For any scenario, parameters and schedule, a run and its replay are equal, and the repaired core violates nothing.
// On a mutant the same property fails, and what fails shrinks to a trace that replays.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/detail/TestListenerAdapter.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/command_core.hpp"
#include "checker/exit_status.hpp"
#include "checker/runner.hpp"
#include "checker/strategies/replay.hpp"
#include "checker/trace/core_list.hpp"
#include "checker/trace/recording.hpp"
#include "checker/trace/trace_file.hpp"

namespace interfuse {

namespace {

// Answers with bytes, and with 0 when they are used up: nobody is preempted and nothing is disturbed.
class byte_strategy : public sim::strategy {
public:
    explicit byte_strategy(const std::vector<std::uint8_t> &bytes) : bytes(bytes) {}
    void begin(std::uint64_t) override { next = 0; }
    unsigned choose(sim::choice_kind, unsigned alternatives) override
    {
        return next < bytes.size() ? bytes[next++] % alternatives : 0;
    }

private:
    const std::vector<std::uint8_t> &bytes;
    std::size_t next = 0;
};

struct drawn_run {
    const scenario *which;
    std::vector<parameter_value> parameters;
    sim::point_set points;
    std::vector<std::uint8_t> schedule;

    run_setup setup() const { return {.which = which, .parameters = parameters, .points = points, .limits = {}}; }
};

std::ostream &operator<<(std::ostream &out, const drawn_run &drawn)
{
    out << drawn.which->name << ", " << name_of(drawn.points) << " points";
    for (const parameter_value &parameter : drawn.parameters)
        out << fmt::format(", {}={}", parameter.name, parameter.value);
    return out << fmt::format(", schedule {}", fmt::join(drawn.schedule, " "));
}

// Mostly zeros, since a task that is preempted at each point gets nowhere: one answer in `pause` is not.
rc::Gen<std::vector<std::uint8_t>> any_schedule()
{
    auto pause = *rc::gen::element<std::size_t>(1, 4, 16);
    auto any_byte = rc::gen::resize(rc::kNominalSize, rc::gen::arbitrary<std::uint8_t>());
    auto byte = rc::gen::weightedOneOf<std::uint8_t>({{pause - 1, rc::gen::just<std::uint8_t>(0)}, {1, any_byte}});
    constexpr double answers_of_a_run = 3.0; // hundreds
    return rc::gen::scale(answers_of_a_run, rc::gen::container<std::vector<std::uint8_t>>(byte));
}

rc::Gen<int> any_value(const parameter &p)
{
    auto within = rc::gen::scale(0.5, rc::gen::inRange(p.least, p.most + 1));
    return rc::gen::map(within, [p](int value) {
        while (!is_allowed(p, value))
            --value;
        return value;
    });
}

// The scenario's parameters grow with the size of the case, so that worlds stay small at first.
rc::Gen<drawn_run> any_run()
{
    return rc::gen::exec([] {
        drawn_run drawn{};
        std::size_t index = *rc::gen::inRange<std::size_t>(0, all_scenarios().size()).as("scenario");
        drawn.which = &all_scenarios()[index];
        for (const parameter &p : drawn.which->parameters)
            drawn.parameters.push_back({p.name, *any_value(p)});
        drawn.points = *rc::gen::arbitrary<bool>() ? sim::point_set::fine : sim::point_set::coarse;
        drawn.schedule = *any_schedule();
        return drawn;
    });
}

run_result run_of(const drawn_run &drawn)
{
    runner on(drawn.setup());
    byte_strategy chooser(drawn.schedule);
    return on.run(chooser, 0);
}

trace trace_of(const drawn_run &drawn)
{
    runner on(drawn.setup());
    byte_strategy chooser(drawn.schedule);
    trace recorded = record_run(on, chooser, 0).what;
    recorded.core = core_name;
    recorded.strategy = "rapidcheck";
    return recorded;
}

// The exit status of `interfuse replay` for the trace, written to a file and read by a process of its own.
int replay_as_file(const trace &recorded)
{
    std::string path = fmt::format("{}schedule-{}-{}.json", testing::TempDir(), core_name, getpid());
    EXPECT_EQ(write_trace(recorded, path), "");
    std::string tool = executable_of_core(executable_folder(), core_name);
    int status = std::system(fmt::format("'{}' replay --last 20 '{}' >&2", tool, path).c_str());
    std::filesystem::remove(path);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string size_of(const drawn_run &drawn)
{
    auto others = drawn.schedule.size() - std::ranges::count(drawn.schedule, 0);
    return fmt::format("{} answers, {} of them not 0, {} steps", drawn.schedule.size(), others, run_of(drawn).steps);
}

// What a property has seen: rapidcheck takes every smaller case that fails, so the last failure is the smallest.
struct sightings {
    std::uint64_t runs = 0;
    std::uint64_t steps = 0;
    std::set<std::string_view> scenarios;
    std::optional<drawn_run> first_failure;
    std::optional<drawn_run> last_failure;
};

void violates_nothing(const drawn_run &drawn, sightings &seen)
{
    run_result result = run_of(drawn);
    ++seen.runs;
    seen.steps += result.steps;
    seen.scenarios.insert(drawn.which->name);
    if (!result.verdict.is_finding())
        return;
    if (!seen.first_failure)
        seen.first_failure = drawn;
    seen.last_failure = drawn;
    RC_FAIL(fmt::format("{}: {}", result.verdict.invariant, result.verdict.message));
}

bool is_repaired()
{
    return std::string_view(core_name) == "repaired";
}

// A setup sends requests too, where a mutant may fail: then there is no run.
bool starts(const drawn_run &drawn)
{
    try {
        runner on(drawn.setup());
    } catch (const std::runtime_error &) {
        RC_ASSERT(!is_repaired());
        return false;
    }
    return true;
}

void equals_its_replay()
{
    drawn_run drawn = *any_run();
    if (!starts(drawn))
        return;
    for (sim::point_set points : {sim::point_set::coarse, sim::point_set::fine}) {
        drawn.points = points;
        runner on(drawn.setup());
        byte_strategy chooser(drawn.schedule);
        run_result first = on.run(chooser, 0);
        std::vector<sim::choice> choices = sim::recorded_choices();
        replay_strategy answers(choices);
        run_result again = on.run(answers, 0);
        RC_ASSERT(!answers.diverged().has_value());
        RC_ASSERT(answers.used() == choices.size());
        RC_ASSERT(sim::recorded_choices() == choices);
        RC_ASSERT(again.record_hash == first.record_hash);
        RC_ASSERT(again.steps == first.steps);
        RC_ASSERT(again.fingerprint == first.fingerprint);
        RC_ASSERT(again.verdict.kind == first.verdict.kind);
        RC_ASSERT(again.verdict.message == first.verdict.message);
    }
}

// RC_PARAMS overrides what is preset here.
rc::detail::TestResult check(const std::function<void()> &property, int runs)
{
    rc::detail::Configuration configuration;
    configuration.testParams.seed = 1;
    configuration.testParams.maxSuccess = runs;
    if (const char *given = std::getenv("RC_PARAMS"))
        configuration = rc::detail::configFromString(given, configuration);
    rc::detail::TestMetadata metadata;
    metadata.id = testing::UnitTest::GetInstance()->current_test_info()->name();
    metadata.description = metadata.id;
    rc::detail::TestListenerAdapter silent;
    return rc::detail::checkTestable(property, metadata, configuration.testParams, silent, configuration.reproduce);
}

std::string text_of(const rc::detail::TestResult &result)
{
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    return text.str();
}

} // namespace

TEST(Schedules, GiveRunsThatEqualTheirReplays)
{
    auto result = check(equals_its_replay, 10'000);
    EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << text_of(result);
}

TEST(Schedules, BreakNothingOnTheRepairedCore)
{
    if (!is_repaired())
        GTEST_SKIP() << "this core is a mutant";
    sightings seen;
    auto result = check([&] { violates_nothing(*any_run(), seen); }, 50'000);
    EXPECT_TRUE(result.is<rc::detail::SuccessResult>()) << text_of(result);
    fmt::print("a sample of {} runs of {} scenarios, {} steps\n", seen.runs, seen.scenarios.size(), seen.steps);
    if (seen.last_failure)
        replay_as_file(trace_of(*seen.last_failure));
}

TEST(Schedules, WithoutAViolationMakeATraceThatReplays)
{
    if (!is_repaired())
        GTEST_SKIP() << "this core is a mutant";
    std::uint8_t byte = 0;
    std::vector<std::uint8_t> schedule(200);
    std::ranges::generate(schedule, [&] { return byte += 37; });
    for (const scenario &which : all_scenarios()) {
        drawn_run drawn{&which, complete_parameters(which, {}).values, sim::point_set::coarse, schedule};
        EXPECT_EQ(replay_as_file(trace_of(drawn)), exit_met) << which.name;
    }
}

TEST(Schedules, BreakAMutantAndShrinkToATraceThatReplays)
{
    if (is_repaired())
        GTEST_SKIP() << "nothing is to be found on the repaired core";
    sightings seen;
    // Large from the first case on: there is something to shrink.
    auto result = check([&] { violates_nothing(*rc::gen::resize(rc::kNominalSize, any_run()), seen); }, 100'000);
    ASSERT_TRUE(result.is<rc::detail::FailureResult>()) << text_of(result);
    ASSERT_TRUE(seen.last_failure.has_value());
    const drawn_run &shrunk = *seen.last_failure;
    fmt::print("found: {}\nshrunk: {}\n{} runs in all\n", size_of(*seen.first_failure), size_of(shrunk), seen.runs);
    const auto &shown = result.get<rc::detail::FailureResult>().counterExample;
    EXPECT_EQ(shown.back().second, rc::toString(shrunk));
    EXPECT_LT(shrunk.schedule.size(), seen.first_failure->schedule.size());

    trace recorded = trace_of(shrunk);
    fmt::print("{}: {}{}\n", recorded.verdict.invariant, recorded.verdict.message, place_text(recorded.verdict));
    EXPECT_GT(recorded.verdict.location.line, 0U);
    EXPECT_EQ(replay_as_file(recorded), exit_violation);
}

} // namespace interfuse
