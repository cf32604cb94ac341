// Writing traces.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "checker/trace/atomic_file.hpp"
#include "checker/trace/settings_json.hpp"
#include "checker/trace/trace_file.hpp"
#include "checker/watchers.hpp"

namespace interfuse {

namespace {

using nlohmann::ordered_json;

// Beyond this, readers that keep numbers as doubles would round.
constexpr std::int64_t exact_max = std::int64_t{1} << 53;

std::string hex(std::uint64_t number)
{
    return fmt::format("{:016x}", number);
}

ordered_json json_of(const source_place &where)
{
    return {{"file", where.file}, {"function", where.function}, {"line", where.line}};
}

ordered_json json_of(const trace_event &event)
{
    ordered_json json = {{"kind", sim::name_of(event.kind)}};
    if (!event.object.empty())
        json["object"] = event.object;
    if (event.value > exact_max || event.value < -exact_max)
        json["value"] = std::to_string(event.value);
    else if (event.value != 0)
        json["value"] = event.value;
    if (!event.meaning.empty())
        json["meaning"] = event.meaning;
    json.update(json_of(event.where));
    if (event.by_pc)
        json["by"] = "pc";
    return json;
}

ordered_json json_of(const trace_step &step)
{
    ordered_json json = {{"task", step.task}, {"enabled", ordered_json::array()}};
    for (unsigned i = 0; i < sim::tasks_max; ++i) {
        if ((step.enabled >> i & 1) != 0)
            json["enabled"].push_back(i);
    }
    if (step.teardown)
        json["teardown"] = true;
    if (step.setup)
        json["setup"] = true;
    if (step.hash)
        json["hash"] = hex(*step.hash);
    json["events"] = ordered_json::array();
    for (const trace_event &event : step.events)
        json["events"].push_back(json_of(event));
    return json;
}

ordered_json json_of(const sim::choice &choice)
{
    return {sim::name_of(choice.kind), choice.alternatives, choice.answer};
}

ordered_json json_of(const trace_verdict &verdict)
{
    return {{"kind", sim::name_of(verdict.kind)}, {"invariant", verdict.invariant},
            {"message", verdict.message},         {"location", json_of(verdict.location)},
            {"caller", verdict.caller},           {"fingerprint", verdict.fingerprint ? hex(verdict.fingerprint) : ""}};
}

// The fields before choices and steps, in the order of the file.
ordered_json head_of(const trace &t)
{
    return {{"format", trace_format},
            {"version", trace_version},
            {"tool", {{"version", t.build.version}, {"compiler", t.build.compiler}, {"flags", t.build.flags}}},
            {"scenario", t.scenario},
            {"parameters", json_of_settings(t.parameters)},
            {"core", t.core},
            {"strategy", t.strategy},
            {"points", name_of(t.points)},
            {"checks", name_of(t.checks)},
            {"watch", text_of_watch(t.watch)},
            {"limits", {{"steps", t.limits.steps_max}, {"accesses", t.limits.accesses_max}}},
            {"seed", std::to_string(t.seed)},
            {"run", std::to_string(t.run)},
            {"record", hex(t.record)},
            {"verdict", json_of(t.verdict)},
            {"tasks", t.tasks}};
}

// An array with a line for each group of so many elements.
template <typename Element> std::string lines_of(const std::vector<Element> &elements, std::size_t group)
{
    std::string text = "[";
    for (std::size_t i = 0; i < elements.size(); ++i) {
        text += i % group == 0 ? (i == 0 ? "\n    " : ",\n    ") : ", ";
        text += json_of(elements[i]).dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    }
    return text + (elements.empty() ? "]" : "\n  ]");
}

} // namespace

std::string trace_text(const trace &what)
{
    std::string text = "{\n";
    const ordered_json head = head_of(what);
    for (const auto &[key, value] : head.items())
        text += fmt::format("  \"{}\": {},\n", key, value.dump(-1, ' ', false, ordered_json::error_handler_t::replace));
    text += fmt::format("  \"choices\": {},\n", lines_of(what.choices, 8));
    text += fmt::format("  \"steps\": {}\n}}\n", lines_of(what.steps, 1));
    return text;
}

std::string write_trace(const trace &what, const std::string &path)
{
    std::string text = trace_text(what);
    if (text.size() > trace_bytes_max)
        return fmt::format("{}: the trace has {} bytes, more than the {} that can be read back; a lower --max-steps "
                           "makes it shorter",
                           path, text.size(), trace_bytes_max);
    return write_file(path, text);
}

} // namespace interfuse
