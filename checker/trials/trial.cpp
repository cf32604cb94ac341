// Starting explorations and searches of other cores and gathering their reports.
#include "checker/trials/trial.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/exit_status.hpp"
#include "checker/search/interruption.hpp"
#include "checker/trace/core_list.hpp"
#include "sim/fault.hpp"

namespace interfuse {

namespace {

using std::chrono::steady_clock;

struct child {
    std::size_t index; // of its trial
    std::string folder;
    steady_clock::time_point started;
};

std::vector<std::string> command_of(const trial &what, const std::string &executable, const std::string &folder)
{
    std::vector<std::string> words = {executable, what.verb};
    words.insert(words.end(), what.arguments.begin(), what.arguments.end());
    for (const char *word : {"--format", "json", "--jobs", "1", "--out"})
        words.emplace_back(word);
    words.push_back(folder);
    return words;
}

// An option of the environment is for this process, not for its children.
std::vector<char *> environment_of_child()
{
    std::vector<char *> kept;
    for (char **entry = environ; *entry != nullptr; ++entry)
        if (std::strncmp(*entry, "INTERFUSE_", std::strlen("INTERFUSE_")) != 0)
            kept.push_back(*entry);
    kept.push_back(nullptr);
    return kept;
}

// Returns the process, or a negative error number.
pid_t spawn(std::vector<std::string> words, const std::string &folder)
{
    std::vector<char *> argv;
    for (std::string &word : words)
        argv.push_back(word.data());
    argv.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, (folder + "/report").c_str(), flags, 0600);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, (folder + "/errors").c_str(), flags, 0600);
    pid_t process = 0;
    int failed = posix_spawn(&process, argv[0], &files, nullptr, argv.data(), environment_of_child().data());
    posix_spawn_file_actions_destroy(&files);
    return failed != 0 ? -failed : process;
}

// Where a process says why it ends as it does.
std::string last_line_of(const std::string &path)
{
    std::ifstream from(path);
    std::string last;
    for (std::string line; std::getline(from, line);)
        if (!line.empty())
            last = line;
    return last;
}

// A status of 0 or 1 comes with a report, and one of 4 with that of a search that was not through.
std::string what_went_wrong(int status, const trial &what, const std::string &errors)
{
    if (WIFSIGNALED(status))
        return fmt::format("core {} was killed by signal {}", what.core, WTERMSIG(status));
    if (WEXITSTATUS(status) <= 1 || WEXITSTATUS(status) == exit_incomplete)
        return "";
    std::string why = last_line_of(errors);
    return fmt::format("{} of core {} ends with status {}{}{}", what.verb, what.core, WEXITSTATUS(status),
                       why.empty() ? "" : ": ", why);
}

class pool_of_children {
public:
    pool_of_children(const std::vector<trial> &trials, const scratch_folder &scratch)
        : trials(trials), scratch(scratch), results(trials.size())
    {
    }
    ~pool_of_children()
    {
        for (const auto &[process, running] : children)
            kill(process, SIGTERM);
        for (const auto &[process, running] : children)
            waitpid(process, nullptr, 0);
    }

    std::size_t count() const { return children.size(); }

    void start(std::size_t index)
    {
        const trial &what = trials[index];
        child next{index, fmt::format("{}/{}", scratch.path(), index), steady_clock::now()};
        std::filesystem::create_directory(next.folder);
        std::string executable = executable_of_core(executable_folder(), what.core);
        pid_t process = spawn(command_of(what, executable, next.folder), next.folder);
        if (process < 0)
            results[index].error = fmt::format("{} could not be started: {}", executable, std::strerror(-process));
        else
            children.emplace(process, next);
    }

    // The trial that ended, or none when a signal came first.
    std::optional<std::size_t> wait_for_one()
    {
        int status = 0;
        pid_t process = waitpid(-1, &status, 0);
        auto found = children.find(process);
        if (found == children.end())
            return {};
        child ended = found->second;
        children.erase(found);
        if (interruption() != 0) // which may have ended it too
            return {};
        trial_result &result = results[ended.index];
        result.over = true;
        result.seconds = std::chrono::duration<double>(steady_clock::now() - ended.started).count();
        result.error = what_went_wrong(status, trials[ended.index], ended.folder + "/errors");
        if (result.error.empty()) {
            read(result, trials[ended.index].verb, ended.folder + "/report");
        }
        return ended.index;
    }

    std::vector<trial_result> take_results() { return std::move(results); }
    const trial_result &result(std::size_t index) const { return results[index]; }

private:
    static void read(trial_result &result, const std::string &verb, const std::string &path)
    {
        if (verb == "verify") {
            result.search = read_search_report(path);
            result.error = result.search.error;
        } else {
            result.report = read_report(path);
            result.error = result.report.error;
        }
    }

    const std::vector<trial> &trials;
    const scratch_folder &scratch;
    std::vector<trial_result> results;
    std::map<pid_t, child> children;
};

} // namespace

scratch_folder::scratch_folder() : where((std::filesystem::temp_directory_path() / "interfuse-XXXXXX").string())
{
    sim::require(mkdtemp(where.data()) != nullptr, "no folder for the reports of trials could be made");
}

scratch_folder::~scratch_folder()
{
    std::error_code ignored; // what is left in a temporary folder harms nobody
    std::filesystem::remove_all(where, ignored);
}

std::vector<trial_result> run_trials(const std::vector<trial> &trials, unsigned jobs, const scratch_folder &scratch,
                                     const std::function<void(std::size_t, const trial_result &)> &ended)
{
    pool_of_children pool(trials, scratch);
    std::size_t next = 0;
    while (interruption() == 0 && (next < trials.size() || pool.count() > 0)) {
        while (next < trials.size() && pool.count() < jobs)
            pool.start(next++);
        if (pool.count() == 0)
            break;
        if (std::optional<std::size_t> index = pool.wait_for_one())
            ended(*index, pool.result(*index));
    }
    return pool.take_results();
}

} // namespace interfuse
