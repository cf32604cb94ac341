// Reading traces.
#include <array>

#include <fmt/format.h>

#include "checker/trace/input.hpp"
#include "checker/trace/trace_file.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

// A choice is four values, a step at least four, an event at most nine.
constexpr input_limits trace_limits = {.bytes = trace_bytes_max, .depth = 6, .values = 8'000'000};
constexpr std::size_t name_max = 200;
constexpr std::size_t message_max = 4000;
constexpr std::size_t parameters_max = 64;
constexpr std::int64_t line_max = 10'000'000;
constexpr std::size_t elements_max = 2'000'000;

template <std::size_t Count, typename Kind> std::array<std::string_view, Count> names_of()
{
    std::array<std::string_view, Count> names;
    for (std::size_t i = 0; i < Count; ++i)
        names[i] = sim::name_of(static_cast<Kind>(i));
    return names;
}

constexpr std::size_t verdict_kinds = static_cast<std::size_t>(sim::verdict_kind::step_limit) + 1;
const auto event_names = names_of<sim::event_kinds, sim::event_kind>();
const auto choice_names = names_of<sim::choice_kinds, sim::choice_kind>();
const auto verdict_names = names_of<verdict_kinds, sim::verdict_kind>();

// Older traces have no such field: nothing watched their runs.
sim::watch_set read_watch(const field &from)
{
    if (!from.has("watch"))
        return 0;
    watch_result watch = parse_watch(from.at("watch").text(name_max));
    if (!watch.error.empty())
        from.at("watch").reject("all, none or names of watchers with commas between them");
    return watch.watching;
}

template <typename... Names> void expect_keys(const field &from, Names... names)
{
    std::array<std::string_view, sizeof...(names)> allowed = {names...};
    from.expect_keys(allowed);
}

source_place read_place(const field &from)
{
    return {from.at("file").text(name_max), from.at("function").text(name_max),
            static_cast<unsigned>(from.at("line").integer(0, line_max))};
}

build_description read_build(const field &from)
{
    expect_keys(from, "version", "compiler", "flags");
    return {from.at("version").text(name_max), from.at("compiler").text(name_max), from.at("flags").text(message_max)};
}

std::vector<parameter_setting> read_parameters(const field &from)
{
    std::vector<parameter_setting> settings;
    for (const std::string &name : from.keys(parameters_max)) {
        field value = from.at(name);
        settings.push_back({name, value.is_string() ? value.text(name_max)
                                                    : std::to_string(value.integer(INT32_MIN, INT32_MAX))});
    }
    return settings;
}

trace_verdict read_verdict(const field &from)
{
    expect_keys(from, "kind", "invariant", "message", "location", "caller", "fingerprint");
    field location = from.at("location");
    expect_keys(location, "file", "function", "line");
    trace_verdict verdict;
    verdict.kind = static_cast<sim::verdict_kind>(from.at("kind").one_of(verdict_names));
    verdict.invariant = from.at("invariant").text(name_max);
    verdict.message = from.at("message").text(message_max);
    verdict.location = read_place(location);
    verdict.caller = from.at("caller").text(name_max);
    field fingerprint = from.at("fingerprint");
    if (!fingerprint.text(name_max).empty())
        verdict.fingerprint = fingerprint.hex();
    sim::verdict ending;
    ending.kind = verdict.kind;
    bool finding = ending.is_finding();
    if (finding != (verdict.fingerprint != 0))
        fingerprint.reject(finding ? "the fingerprint of a finding"
                                   : "an empty string beside a verdict without finding");
    return verdict;
}

sim::choice read_choice(const field &from)
{
    if (from.size(3, 3) != 3)
        from.reject("kind, alternatives and answer");
    sim::choice choice = {};
    choice.kind = static_cast<sim::choice_kind>(from.element(0).one_of(choice_names));
    choice.alternatives = static_cast<std::uint8_t>(from.element(1).integer(2, sim::alternatives_max));
    choice.answer = static_cast<std::uint8_t>(from.element(2).integer(0, choice.alternatives - 1));
    return choice;
}

// Small numbers are numbers, those that a double would round are strings.
std::int64_t read_value(const field &from)
{
    constexpr std::int64_t exact_max = std::int64_t{1} << 53;
    if (!from.is_string())
        return from.integer(-exact_max, exact_max);
    return from.signed_decimal();
}

trace_event read_event(const field &from)
{
    expect_keys(from, "kind", "object", "value", "meaning", "file", "function", "line", "by");
    trace_event event;
    event.kind = static_cast<sim::event_kind>(from.at("kind").one_of(event_names));
    if (from.has("object"))
        event.object = from.at("object").text(name_max);
    if (from.has("value"))
        event.value = read_value(from.at("value"));
    if (from.has("meaning"))
        event.meaning = from.at("meaning").text(name_max);
    event.where = read_place(from);
    if (from.has("by")) {
        static constexpr std::array<std::string_view, 1> sources = {"pc"};
        from.at("by").one_of(sources);
        event.by_pc = true;
    }
    return event;
}

std::uint64_t read_enabled(const field &from, std::size_t tasks)
{
    std::uint64_t enabled = 0;
    std::int64_t least = 0;
    for (std::size_t i = 0, count = from.size(1, tasks); i < count; ++i) {
        std::int64_t task = from.element(i).integer(least, static_cast<std::int64_t>(tasks) - 1);
        enabled |= std::uint64_t{1} << task;
        least = task + 1;
    }
    return enabled;
}

trace_step read_step(const field &from, std::size_t tasks)
{
    expect_keys(from, "task", "enabled", "teardown", "setup", "hash", "events");
    trace_step step;
    field task = from.at("task");
    step.task = static_cast<unsigned>(task.integer(0, static_cast<std::int64_t>(tasks) - 1));
    step.enabled = read_enabled(from.at("enabled"), tasks);
    if ((step.enabled >> step.task & 1) == 0)
        task.reject("a task that is enabled in this step");
    step.teardown = from.has("teardown") && from.at("teardown").boolean();
    step.setup = from.has("setup") && from.at("setup").boolean();
    if (from.has("hash"))
        step.hash = from.at("hash").hex();
    field events = from.at("events");
    for (std::size_t i = 0, count = events.size(0, elements_max); i < count; ++i)
        step.events.push_back(read_event(events.element(i)));
    return step;
}

void read_lists(const field &from, trace &t)
{
    field tasks = from.at("tasks");
    for (std::size_t i = 0, count = tasks.size(1, sim::tasks_max); i < count; ++i)
        t.tasks.push_back(tasks.element(i).text(name_max));
    field choices = from.at("choices");
    for (std::size_t i = 0, count = choices.size(0, elements_max); i < count; ++i)
        t.choices.push_back(read_choice(choices.element(i)));
    field steps = from.at("steps");
    for (std::size_t i = 0, count = steps.size(0, elements_max); i < count; ++i)
        t.steps.push_back(read_step(steps.element(i), t.tasks.size()));
}

// The version comes first: a later one may have any other fields.
void read_format(const field &from)
{
    static constexpr std::array<std::string_view, 1> formats = {trace_format};
    from.at("format").one_of(formats);
    field version = from.at("version");
    if (version.integer(0, INT32_MAX) != trace_version)
        version.reject(fmt::format("version {}, which this interfuse reads,", trace_version));
}

trace read_document(const field &from)
{
    static constexpr std::array<std::string_view, 2> points = {"coarse", "fine"};
    static constexpr std::array<std::string_view, 2> checks = {"end", "steps"};
    read_format(from);
    expect_keys(from, "format", "version", "tool", "scenario", "parameters", "core", "strategy", "points", "checks",
                "watch", "limits", "seed", "run", "record", "verdict", "tasks", "choices", "steps");
    trace t;
    t.build = read_build(from.at("tool"));
    t.scenario = from.at("scenario").text(name_max);
    t.parameters = read_parameters(from.at("parameters"));
    t.core = from.at("core").text(name_max);
    t.strategy = from.at("strategy").text(name_max);
    t.points = static_cast<sim::point_set>(from.at("points").one_of(points));
    t.checks = static_cast<check_level>(from.at("checks").one_of(checks));
    field limits = from.at("limits");
    expect_keys(limits, "steps", "accesses");
    t.limits.steps_max = static_cast<std::uint32_t>(limits.at("steps").integer(1, steps_limit_max));
    t.limits.accesses_max = static_cast<std::uint32_t>(limits.at("accesses").integer(1, accesses_limit_max));
    t.watch = read_watch(from);
    t.seed = from.at("seed").decimal();
    t.run = from.at("run").decimal();
    t.record = from.at("record").hex();
    t.verdict = read_verdict(from.at("verdict"));
    read_lists(from, t);
    return t;
}

} // namespace

trace_result parse_trace(const std::string &text, const std::string &name)
{
    try {
        nlohmann::json document = parse_bounded(text, name, trace_limits);
        return {read_document(field(document, name)), ""};
    } catch (const rejected_input &rejected) {
        return {{}, rejected.sentence};
    }
}

trace_result read_trace(const std::string &path)
{
    try {
        return parse_trace(read_bounded(path, trace_limits.bytes), path);
    } catch (const rejected_input &rejected) {
        return {{}, rejected.sentence};
    }
}

} // namespace interfuse
