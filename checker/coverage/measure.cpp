// A process for each scenario writes its counters to a folder of its own, from where gcov reads them.
#include "checker/coverage/measure.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "checker/coverage/parameter_sets.hpp"
#include "checker/coverage/transition_rows.hpp"
#include "checker/runner.hpp"
#include "checker/search/interruption.hpp"
#include "checker/strategies/strategy.hpp"

// Defined where the executable is linked for coverage, else null.
extern "C" [[gnu::weak]] void __gcov_reset();
extern "C" [[gnu::weak]] void __gcov_dump();

namespace interfuse {

namespace {

namespace fs = std::filesystem;

// What a scenario's process tells beside its counters, in memory that it shares.
struct told {
    tally sums;
    std::uint32_t rows;
    bool cut;
};

class shared_told {
public:
    shared_told() : memory(mmap(nullptr, sizeof(told), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0))
    {
        if (memory == MAP_FAILED)
            throw std::runtime_error("there is no memory to share with the process of a scenario");
        new (memory) told{};
    }
    ~shared_told() { munmap(memory, sizeof(told)); }
    shared_told(const shared_told &) = delete;
    shared_told &operator=(const shared_told &) = delete;
    told &operator*() const { return *static_cast<told *>(memory); }

private:
    void *memory;
};

class scratch_folder {
public:
    scratch_folder()
    {
        std::string name = (fs::temp_directory_path() / "interfuse-coverage-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("no temporary folder can be made");
        path = name;
    }
    ~scratch_folder()
    {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    scratch_folder(const scratch_folder &) = delete;
    scratch_folder &operator=(const scratch_folder &) = delete;
    fs::path path;
};

// Returns whether all runs took place.
bool run_set(const scenario &which, const parameter_set &set, const measure_options &options, tally &sums)
{
    runner on({.which = &which, .parameters = complete_parameters(which, set.values).values, .limits = {}});
    std::uint64_t runs = std::max<std::uint64_t>(1, options.runs * set.eighths / 8);
    auto chooser = all_strategies()[0].make(options.seed);
    for (std::uint64_t number = 0; number < runs; ++number) {
        if (interruption() != 0 || std::chrono::steady_clock::now() >= options.deadline)
            return false;
        sums.add_run(number, on.run(*chooser, number), salt_of(which.name));
    }
    return true;
}

void run_scenario(const scenario &which, const measure_options &options, told &into)
{
    note_rows();
    for (const parameter_set &set : sets_of(which)) {
        try {
            into.cut = !run_set(which, set, options, into.sums) || into.cut;
        } catch (const std::runtime_error &broken_setup) {
            fmt::print(stderr, "interfuse: {}\n", broken_setup.what());
        }
    }
    into.rows = reached_rows();
}

// Lays each file of counters beside the notes of the compiler that it belongs to. The file's path below the folder is
// that of the object.
std::vector<std::string> collect_counters(const fs::path &folder)
{
    std::vector<fs::path> found;
    for (const fs::directory_entry &entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".gcda")
            found.push_back(entry.path());
    std::vector<std::string> names;
    for (const fs::path &counters : found) {
        fs::path notes = fs::path("/") / fs::relative(counters, folder);
        notes.replace_extension(".gcno");
        std::string name = fmt::format("{}", names.size());
        fs::rename(counters, folder / (name + ".gcda"));
        fs::copy_file(notes, folder / (name + ".gcno"), fs::copy_options::overwrite_existing);
        names.push_back(name + ".gcda");
    }
    return names;
}

gcov_report ask_gcov(const fs::path &folder)
{
    std::string command = fmt::format("cd '{}' && gcov --json-format --branch-probabilities --stdout", folder.string());
    for (const std::string &name : collect_counters(folder))
        command += " " + name;
    std::FILE *out = popen((command + " 2>/dev/null").c_str(), "r");
    if (out == nullptr)
        throw std::runtime_error("gcov cannot be started");
    std::string text;
    char part[65536];
    for (std::size_t size; (size = std::fread(part, 1, sizeof part, out)) > 0;)
        text.append(part, size);
    if (pclose(out) != 0)
        throw std::runtime_error("gcov failed; it must be of the same version as g++");
    gcov_report report = read_gcov(text, "core/");
    if (report.error.empty() && report.lines.empty())
        report.error = "gcov says nothing of core/";
    return report;
}

scenario_reach measure_scenario(const scenario &which, const measure_options &options, measurement &whole)
{
    scratch_folder folder;
    shared_told shared;
    std::fflush(nullptr);
    pid_t child = fork();
    if (child == 0) {
        setenv("GCOV_PREFIX", folder.path.c_str(), 1);
        __gcov_reset();
        run_scenario(which, options, *shared);
        __gcov_dump();
        _exit(0);
    }
    int status = 0;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0)
        throw std::runtime_error(fmt::format("the process of scenario {} failed", which.name));
    scenario_reach reached{&which, {}, (*shared).sums, (*shared).rows};
    whole.cut = whole.cut || (*shared).cut;
    gcov_report report = ask_gcov(folder.path);
    if (!report.error.empty())
        throw std::runtime_error(report.error);
    reached.counts.add(report.lines);
    return reached;
}

} // namespace

bool is_measurable()
{
    return __gcov_dump != nullptr && __gcov_reset != nullptr;
}

measurement measure(const measure_options &options, const std::function<void(const scenario &)> &progress)
{
    measurement whole;
    try {
        for (const scenario *which : options.scenarios) {
            progress(*which);
            whole.scenarios.push_back(measure_scenario(*which, options, whole));
        }
    } catch (const std::runtime_error &failed) {
        whole.error = failed.what();
    }
    return whole;
}

} // namespace interfuse
