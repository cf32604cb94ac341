// Names of the watchers.
#include "checker/watchers.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace interfuse {

const std::vector<watcher> &all_watchers()
{
    static const std::vector<watcher> all = {
        {"memory", sim::watch_memory, "accesses to memory that is free, gone, not the kernel's or never written",
         "use_after_free, out_of_bounds, page_not_mapped, resting_object, dead_frame, unwritten_memory, page_after_free"},
        {"races", sim::watch_races, "two accesses to one place, one of them a store, that nothing orders", "data_race"},
        {"locks", sim::watch_locks, "orders of locks that could deadlock, over all runs", "lock_order, read_lock_recursion"},
    };
    return all;
}

std::string text_of_watch(sim::watch_set watching)
{
    if (watching == 0)
        return "none";
    if (watching == sim::watch_all)
        return "all";
    std::vector<std::string> names;
    for (const watcher &each : all_watchers())
        if ((watching & each.bits) != 0)
            names.emplace_back(each.name);
    return fmt::format("{}", fmt::join(names, ","));
}

watch_result parse_watch(const std::string &text)
{
    if (text == "all")
        return {sim::watch_all, ""};
    if (text == "none")
        return {0, ""};
    std::vector<const char *> known;
    for (const watcher &each : all_watchers())
        known.push_back(each.name);
    watch_result result;
    for (std::size_t start = 0; start <= text.size();) {
        std::size_t comma = std::min(text.find(',', start), text.size());
        std::string name = text.substr(start, comma - start);
        start = comma + 1;
        auto found = std::ranges::find(all_watchers(), name, &watcher::name);
        if (found == all_watchers().end())
            return {0, fmt::format("all, none, or some of {} with commas between them was expected, not \"{}\"{}",
                                   fmt::join(known, ", "), name, name == text ? "" : fmt::format(" as in \"{}\"", text))};
        if ((result.watching & found->bits) != 0)
            return {0, fmt::format("{} is named twice in \"{}\"", name, text)};
        result.watching |= found->bits;
    }
    return result;
}

} // namespace interfuse
