// Putting parameters together.
#include "checker/coverage/parameter_sets.hpp"

#include <algorithm>
#include <span>
#include <string_view>

namespace interfuse {

namespace {

using settings = std::vector<parameter_value>;

constexpr std::uint64_t all_runs = 8;

// Scenarios with these parameters run them too: mix with everything at once, a short READ of two pages, a mount that is
// killed, aborted or closed, and a LINK that finds no memory for an inode.
const settings combinations[] = {{{"requesters", 2},
                                  {"async", 1},
                                  {"releases", 1},
                                  {"forgets", 1},
                                  {"daemons", 2},
                                  {"aborters", 1},
                                  {"killers", 1},
                                  {"closers", 1},
                                  {"unmounters", 1},
                                  {"lazy", 1},
                                  {"faults", 2},
                                  {"efaults", 1},
                                  {"oom", 1},
                                  {"init", 1},
                                  {"misbehave", 1}},
                                 {{"short", 1}, {"chunk", 2}},
                                 {{"mounters", 1}, {"aborters", 1}, {"killers", 2}, {"oom", 0}},
                                 {{"mounters", 1}, {"aborters", 1}, {"signals", 1}, {"oom", 0}},
                                 {{"device", 3}, {"killers", 2}, {"oom", 0}},
                                 {{"linked", 1}, {"renamers", 0}, {"oom", 1}, {"killers", 0}},
                                 {{"onto", 1}, {"linkers", 0}, {"renamers", 1}, {"killers", 1}, {"daemons", 2}},
                                 {{"renamers", 2}, {"linkers", 2}, {"killers", 4}, {"pool", 1}},
                                 {{"creators", 1}, {"aborters", 1}, {"oom", 1}, {"killers", 0}},
                                 {{"creators", 4}, {"killers", 4}, {"pool", 1}, {"oom", 0}},
                                 {{"creators", 4}, {"kind", 4}, {"killers", 4}, {"pool", 1}, {"oom", 0}},
                                 {{"requesters", 2}, {"old", 1}, {"killers", 0}, {"value", 1}},
                                 {{"readahead", 32}, {"pages", 33}, {"max_read", 32}, {"killers", 0}},
                                 {{"name", 1}, {"users", 2}, {"requesters", 2}, {"aliases", 2}},
                                 {{"name", 7}, {"users", 2}, {"requesters", 2}},
                                 {{"name", 8}, {"users", 1}},
                                 {{"name", 9}, {"users", 1}},
                                 {{"name", 10}, {"users", 1}},
                                 {{"name", 11}, {"users", 1}},
                                 {{"name", 12}, {"users", 1}},
                                 {{"chunk", 32}, {"pages", 33}, {"killers", 0}}};

// What each operation is to meet, and in how many runs. Where a requester is killed too, its request is left behind, and
// what comes then finds it. Many segments and faults make copies long.
const parameter_set encounters[] = {
    {{{"requests", 2}, {"signals", 2}}, all_runs},
    {{{"killers", 1}, {"insist", 1}}, 8 * all_runs},
    {{{"killers", 1}, {"insist", 2}}, 8 * all_runs},
    {{{"requests", 2}, {"killers", 2}, {"requesters", 2}}, all_runs},
    {{{"killers", 1}, {"async", 1}, {"pool", 1}}, 2 * all_runs},
    {{{"killers", 1}, {"aborters", 1}, {"faults", 8}, {"segments", 4}}, 4 * all_runs},
    {{{"aborters", 1}, {"faults", 8}, {"efaults", 1}, {"oom", 1}, {"late", 1}, {"segments", 8}}, 8 * all_runs},
    {{{"aborters", 1}, {"faults", 8}, {"oom", 1}, {"late", 1}, {"segments", 8}}, 8 * all_runs},
    {{{"requests", 2}, {"killers", 1}, {"closers", 1}, {"daemons", 2}}, 8 * all_runs},
    {{{"requesters", 3}, {"killers", 3}, {"closers", 1}, {"daemons", 3}}, 4 * all_runs},
    {{{"requests", 2}, {"closers", 1}, {"faults", 1}, {"segments", 3}}, 2 * all_runs},
    {{{"killers", 1}, {"unmounters", 1}, {"lazy", 1}, {"faults", 8}, {"segments", 8}}, 8 * all_runs},
    {{{"killers", 1}, {"unmounters", 1}, {"lazy", 1}, {"aborters", 1}, {"faults", 8}, {"segments", 8}}, 8 * all_runs},
    {{{"killers", 1}, {"unmounters", 1}, {"lazy", 1}, {"slow", 1}, {"daemons", 2}}, 2 * all_runs},
    {{{"killers", 1}, {"unmounters", 1}, {"lazy", 1}, {"slow", 1}, {"aborters", 1}}, 2 * all_runs},
    {{{"requests", 2}, {"unmounters", 1}, {"lazy", 1}, {"faults", 1}, {"releases", 1}, {"forgets", 1}}, 2 * all_runs},
    {{{"requests", 2}, {"killers", 1}, {"signals", 1}, {"unmounters", 1}, {"lazy", 1}, {"oom", 2}, {"pool", 1}}, 8 * all_runs},
    {{{"init", 1}, {"aborters", 1}, {"closers", 1}, {"daemons", 2}}, all_runs},
    {{{"init", 1}, {"closers", 1}, {"unmounters", 1}, {"lazy", 1}, {"faults", 2}, {"efaults", 1}, {"segments", 5}, {"oom", 1}},
     all_runs},
};

// They are sent only after lookups, which take most of what strikes.
constexpr std::string_view late_operations[] = {"setxattr", "unlink", "rename", "link", "mknod", "opendir", "fsyncdir"};

// The requester of one of these has left, has closed its file and had FLUSH answered, while the request is still read; then
// the connection is aborted, then the mount goes: that is rare.
constexpr std::string_view operations_on_files[] = {"read", "write", "fsync", "fsyncdir"};
const parameter_set outlived = {
    {{"killers", 1}, {"unmounters", 1}, {"lazy", 1}, {"slow", 1}, {"aborters", 1}, {"daemons", 2}}, 12 * all_runs};

// A daemon reads the RENAME, which an abort ends meanwhile, and then there is no memory for its next page: one run in 40,000.
constexpr std::string_view operation_with_two_names = "rename";
const parameter_set aborted_while_read = {
    {{"aborters", 1}, {"faults", 8}, {"oom", 1}, {"late", 1}, {"segments", 8}}, 200 * all_runs};

bool is_one_of(std::span<const std::string_view> names, const std::string &name)
{
    return std::ranges::find(names, name) != names.end();
}

void add_alone(const scenario &which, std::vector<parameter_set> &sets)
{
    for (const parameter &p : which.parameters) {
        std::vector<int> values = {p.least, p.most};
        for (int value = p.least + 1; value < p.most && !p.names.empty(); ++value)
            values.push_back(value);
        for (int value : values)
            if (value != p.preset)
                sets.push_back({{{p.name, value}}, 1});
    }
}

void add_encounters(const scenario &which, std::vector<parameter_set> &sets)
{
    auto op = std::ranges::find_if(which.parameters, [](const parameter &p) { return std::string_view(p.name) == "op"; });
    if (op == which.parameters.end() || !complete_parameters(which, outlived.values).error.empty())
        return;
    auto add = [&](parameter_set met, int operation) {
        met.values.push_back({"op", operation});
        sets.push_back(std::move(met));
    };
    for (int value = op->least; value <= op->most; ++value) {
        std::string name = text_of(*op, value);
        for (parameter_set met : encounters) {
            met.eighths *= is_one_of(late_operations, name) ? 3 : 1;
            add(met, value);
        }
        if (is_one_of(operations_on_files, name))
            add(outlived, value);
        if (name == operation_with_two_names)
            add(aborted_while_read, value);
    }
}

} // namespace

std::vector<parameter_set> sets_of(const scenario &which)
{
    std::vector<parameter_set> sets = {{{}, all_runs}};
    settings failures;
    for (const parameter &p : which.parameters) {
        std::string_view name = p.name;
        if (p.preset == 0 && p.most > 0 && (name == "faults" || name == "efaults" || name == "oom"))
            failures.push_back({p.name, 1});
    }
    sets.push_back({failures, 1});
    add_alone(which, sets);
    for (const settings &several : combinations)
        if (complete_parameters(which, several).error.empty())
            sets.push_back({several, all_runs / 2});
    add_encounters(which, sets);
    return sets;
}

std::vector<std::string> varied_scenarios()
{
    std::vector<std::string> titles;
    for (const scenario &which : all_scenarios())
        for (const parameter_set &each : sets_of(which)) {
            // A set may hold what does nothing without another parameter.
            parameters_result complete = read_settings(which, settings_of(which, each.values));
            std::string title = title_of(which, complete.values);
            bool is_known = !complete.error.empty() || title == which.name;
            if (!is_known && std::ranges::find(titles, title) == titles.end())
                titles.push_back(title);
        }
    return titles;
}

} // namespace interfuse
