// The watchers of the core's accesses, as traces and the command line spell them.
#pragma once

#include <string>
#include <vector>

#include "sim/watch.hpp"

namespace interfuse {

struct watcher {
    const char *name;
    sim::watch_set bits;
    const char *summary;
    const char *rules; // the names under which it reports, separated by commas
};

// In the order of their bits.
const std::vector<watcher> &all_watchers();

// "all", "none", or names with commas between them; all_watchers() gives the order.
std::string text_of_watch(sim::watch_set watching);

// What a text such as "memory,races" asks for, or a sentence that lists what is allowed.
struct watch_result {
    sim::watch_set watching = 0;
    std::string error;
};
watch_result parse_watch(const std::string &text);

} // namespace interfuse
