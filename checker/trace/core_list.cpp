// The cores that this build has.
#include "checker/trace/core_list.hpp"

#include <array>
#include <filesystem>
#include <string_view>

#include <unistd.h>

#include "checker/trace/input.hpp"

namespace interfuse {

namespace {

constexpr input_limits list_limits = {.bytes = 1 << 20, .depth = 4, .values = 100'000};
constexpr std::size_t cores_max = 10'000;
constexpr std::size_t text_max = 4000;

core_description read_core(const field &from)
{
    static constexpr std::array<std::string_view, 9> keys = {"name",        "kind",     "patch", "summary", "shown_in",
                                                               "searched_in", "found_by", "tree",  "sources"};
    from.expect_keys(keys);
    core_description core;
    core.name = from.at("name").text(text_max);
    core.kind = from.at("kind").text(text_max);
    core.patch = from.at("patch").text(text_max);
    core.summary = from.at("summary").text(text_max);
    core.shown_in = from.at("shown_in").text(text_max);
    core.searched_in = from.at("searched_in").text(text_max);
    core.found_by = from.at("found_by").text(text_max);
    core.tree = from.at("tree").text(text_max);
    field sources = from.at("sources");
    for (std::size_t i = 0, count = sources.size(0, cores_max); i < count; ++i)
        core.sources.push_back(sources.element(i).text(text_max));
    return core;
}

} // namespace

core_list read_core_list(const std::string &folder)
{
    std::string path = folder + "/cores.json";
    core_list list;
    try {
        nlohmann::json document = parse_bounded(read_bounded(path, list_limits.bytes), path, list_limits);
        field cores(document, path);
        for (std::size_t i = 0, count = cores.size(1, cores_max); i < count; ++i) {
            list.cores.push_back(read_core(cores.element(i)));
            core_description &core = list.cores.back();
            core.built = access(executable_of_core(folder, core.name).c_str(), X_OK) == 0;
        }
    } catch (const rejected_input &rejected) {
        list.error = rejected.sentence;
    }
    return list;
}

std::string executable_folder()
{
    std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe").parent_path();
    return (folder.filename() == "search" ? folder.parent_path() : folder).string();
}

std::string executable_of_core(const std::string &folder, const std::string &core)
{
    return folder + "/interfuse-" + core;
}

std::string search_executable_of_core(const std::string &folder, const std::string &core)
{
    return folder + "/search/interfuse-" + core;
}

} // namespace interfuse
