// Trials: explorations and searches of other cores, each in a process of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checker/trace/read_report.hpp"

namespace interfuse {

struct trial {
    std::string core;
    std::vector<std::string> arguments; // of the verb, without those that say what becomes of its report and traces
    std::string verb = "explore";       // or verify
};

// Of searches that are made of trials.
struct search_limits {
    std::uint64_t seed = 1;
    std::uint64_t runs = 0; // of each
    double seconds = 0;     // of each
    unsigned jobs = 1;      // at a time
};

struct trial_result {
    bool over = false;     // false: interrupted before its end
    report_summary report; // of explore
    search_summary search; // of verify
    double seconds = 0;
    std::string error; // why there is no report, in one sentence
};

// A folder that is removed with all that is in it.
class scratch_folder {
public:
    scratch_folder();
    ~scratch_folder();
    scratch_folder(const scratch_folder &) = delete;
    scratch_folder &operator=(const scratch_folder &) = delete;
    const std::string &path() const { return where; }

private:
    std::string where;
};

// Runs them, so many at a time, and tells of each as it ends, by its index. Traces and reports go into subfolders of
// the scratch folder. Stops when interrupted. The results are in the order of the trials.
std::vector<trial_result> run_trials(const std::vector<trial> &trials, unsigned jobs, const scratch_folder &scratch,
                                     const std::function<void(std::size_t, const trial_result &)> &ended);

} // namespace interfuse
