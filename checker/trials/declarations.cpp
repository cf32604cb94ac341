// Taking declarations away.
#include "checker/trials/declarations.hpp"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "checker/runner.hpp"
#include "checker/strategies/random.hpp"
#include "sim/lockless_need.hpp"

namespace interfuse {

namespace {

const declaration needed[] = {
    {"file.private_data", "mounting", {{"pollers", "1"}}},
    {"fuse_conn.connected",
     "mix",
     {{"op", "create"}, {"requesters", "3"}, {"daemons", "2"}, {"misbehave", "1"}, {"oom", "1"}, {"aborters", "1"}}},
    {"fuse_conn.no_create", "old-daemon", {{"op", "create"}}},
    {"fuse_conn.no_flush", "old-daemon", {{"op", "flush"}}},
    {"fuse_conn.no_fsync", "old-daemon", {{"op", "fsync"}}},
    {"fuse_conn.no_fsyncdir", "old-daemon", {{"op", "fsyncdir"}}},
    {"fuse_conn.no_setxattr", "old-daemon", {{"op", "setxattr"}}},
    {"fuse_req.locked", "read-pages", {}},
    {"fuse_req.state", "killed-request", {}},
    {"inode.i_mode", "one-request", {{"requesters", "3"}}},
    {"inode.i_nlink", "one-request", {{"requesters", "3"}}},
    {"inode.i_size", "one-request", {{"requesters", "3"}}},
    {"super_block.s_active", "read-pages", {{"unmounters", "1"}}},
};

// While it lives, accesses to the field are judged as those to any other.
class without_declaration {
public:
    explicit without_declaration(const std::string &field)
    {
        auto fields = sim::lockless_fields();
        sim::undeclare(std::uint64_t{1} << (std::ranges::find(fields, field) - fields.begin()));
    }
    ~without_declaration() { sim::undeclare(0); }
    without_declaration(const without_declaration &) = delete;
    without_declaration &operator=(const without_declaration &) = delete;
};

} // namespace

std::string declaration::arguments() const
{
    std::string text = scenario;
    for (const parameter_setting &each : settings)
        text += fmt::format("{}{}={}", &each == settings.data() ? " --set " : ",", each.name, each.text);
    return text;
}

std::vector<declaration> declarations()
{
    std::vector<declaration> all;
    for (const std::string &field : sim::lockless_fields()) {
        auto known = std::ranges::find(needed, field, &declaration::field);
        all.push_back(known != std::end(needed) ? *known : declaration{field, "", {}});
    }
    return all;
}

undeclared take_away(const declaration &what, std::uint64_t seed, std::uint64_t runs_max)
{
    undeclared result{what, 0, ""};
    if (what.scenario.empty())
        return result;
    const scenario *which = find_scenario(what.scenario);
    runner one({.which = which,
                .parameters = read_settings(*which, what.settings).values,
                .limits = {},
                .watch = sim::watch_races});
    random_strategy chooser(seed);
    without_declaration taken(what.field);
    std::string named = what.field.substr(what.field.find('.')) + " in ";
    for (std::uint64_t run = 0; run < runs_max && result.runs == 0; ++run) {
        sim::verdict found = one.run(chooser, run).verdict;
        if (found.invariant != "data_race" || found.message.find(named) == std::string::npos)
            continue;
        result.runs = run + 1;
        result.race = found.message;
    }
    return result;
}

} // namespace interfuse
