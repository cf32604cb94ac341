#include "checker/tidy/checkout.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace interfuse::tidy {
namespace {
std::vector<std::string> ask_git(const std::string &root)
{
    std::vector<std::string> paths;
    std::string command = "git -C '" + root + "' ls-files --cached --others --exclude-standard 2>/dev/null";
    FILE *pipe = popen(command.c_str(), "r");
    if (!pipe)
        return paths;
    std::string path;
    for (int c = fgetc(pipe); c != EOF; c = fgetc(pipe)) {
        if (c != '\n') {
            path += static_cast<char>(c);
            continue;
        }
        if (std::filesystem::exists(root + "/" + path))
            paths.push_back(path);
        path.clear();
    }
    return pclose(pipe) == 0 ? paths : std::vector<std::string>{};
}

std::vector<std::string> walk(const std::string &root)
{
    std::vector<std::string> paths;
    std::filesystem::recursive_directory_iterator entry(root), end;
    for (; entry != end; ++entry) {
        std::string name = entry->path().filename();
        if (name.starts_with('.') || (entry.depth() == 0 && name == "build"))
            entry.disable_recursion_pending();
        else if (entry->is_regular_file())
            paths.push_back(std::filesystem::relative(entry->path(), root));
    }
    return paths;
}
} // namespace

std::vector<std::string> list_paths(const std::string &root)
{
    std::vector<std::string> paths = ask_git(root);
    if (paths.empty())
        paths = walk(root);
    std::ranges::sort(paths);
    return paths;
}

std::string read_text(const std::string &file)
{
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

std::vector<source> read_sources(const std::string &root, const std::vector<std::string> &paths)
{
    std::vector<source> files;
    for (const std::string &path : paths) {
        bool ours = path.starts_with("sim/") || path.starts_with("core/") || path.starts_with("scenarios/") ||
                    path.starts_with("checker/");
        if (ours && (path.ends_with(".cpp") || path.ends_with(".hpp")))
            files.push_back(parse_source(path, read_text(root + "/" + path)));
    }
    return files;
}
} // namespace interfuse::tidy
