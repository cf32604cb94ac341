// Wording of a data race.
#include "sim/race_report.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "sim/call_chain.hpp"
#include "sim/debug_info.hpp"
#include "sim/fault.hpp"
#include "sim/held_locks.hpp"
#include "sim/object_name.hpp"
#include "sim/type_layout.hpp"

namespace sim {

constinit scene_list access_scenes;

void scene_list::enlarge()
{
    room = std::max(2 * room, 1U << 12);
    first = static_cast<access_scene *>(std::realloc(first, room * sizeof(access_scene)));
    require(first != nullptr, "no memory for the accesses of a run");
}

namespace {

constexpr std::uint32_t is_place = 0x8000'0000;
std::vector<place> places;

const char *verb_of(access_way way)
{
    switch (way) {
    case access_way::read:
        return "reads";
    case access_way::write:
        return "writes";
    case access_way::lockless_read:
        return "reads, as a lockless field,";
    case access_way::lockless_write:
        return "writes, as a lockless field,";
    case access_way::guarded_read:
        return "reads under a lock, as a lockless field,";
    case access_way::guarded_write:
        return "writes, as a lockless field whose writers hold a lock,";
    case access_way::free:
        return "frees";
    }
    return "";
}

std::string_view file_name(const place &at)
{
    std::string_view path = at.file();
    return path.substr(path.rfind('/') + 1);
}

std::string locks_text(std::uint32_t held_set)
{
    std::vector<std::string> names;
    for (const void *lock : objects_in(held_set))
        names.push_back(name_of_object(lock));
    return names.empty() ? "no lock" : fmt::format("{}", fmt::join(names, ", "));
}

// The functions of the program that the access was made under, innermost first.
std::string callers_text(std::uint32_t calls)
{
    std::string text;
    for (const void *caller : callers_in(calls)) {
        place at = place_of(static_cast<const std::byte *>(caller) - 1);
        if (std::string_view(at.file()).starts_with("core/"))
            text += fmt::format(", called by {} ({}:{})", at.function(), file_name(at), at.line());
    }
    return text;
}

unsigned task_of(const raced_access &one)
{
    return one.record.when & (tasks_max - 1);
}

// With its number where the other one is called the same.
std::string task_text(const raced_access &one, const raced_access &other)
{
    const auto &tasks = the_world().tasks;
    std::string_view name = tasks[task_of(one)].name;
    bool is_alone = name != tasks[task_of(other)].name;
    return is_alone ? std::string(name) : fmt::format("{} (task {})", name, task_of(one));
}

std::string text_of(const raced_access &one, const raced_access &other, std::string_view what)
{
    const access_scene &scene = access_scenes.first[one.record.scene];
    place at = place_of_site(scene.site);
    return fmt::format("{} {} {} in {} ({}:{}){} with {} held", task_text(one, other), verb_of(one.way), what,
                       at.function(), file_name(at), at.line(), callers_text(scene.calls), locks_text(scene.locks));
}

} // namespace

std::uint32_t site_of(const place &where)
{
    static std::map<std::pair<std::string, unsigned>, std::uint32_t> known;
    auto [entry, is_new] = known.try_emplace({where.function(), where.line()}, is_place | places.size());
    if (is_new)
        places.push_back(where);
    return entry->second;
}

place place_of_site(std::uint32_t site)
{
    if ((site & is_place) != 0)
        return places[site & ~is_place];
    return place_of(reinterpret_cast<const std::byte *>(static_cast<std::uintptr_t>(site)) - 1);
}

void report_race(const raced_access &first, const raced_access &second, const void *address)
{
    place places_of_both[] = {place_of_site(access_scenes.first[first.record.scene].site),
                              place_of_site(access_scenes.first[second.record.scene].site)};
    // The finding is the same whichever came first.
    std::ranges::sort(places_of_both, [](const place &a, const place &b) {
        int order = std::strcmp(a.function(), b.function());
        return order != 0 ? order < 0 : a.line() < b.line();
    });
    report({verdict_kind::violation, "data_race",
            fmt::format("{}, and {}: nothing orders the two", text_of(first, second, name_of_member(address)),
                        text_of(second, first, "it")),
            places_of_both[0], places_of_both[1].function()});
}

} // namespace sim
