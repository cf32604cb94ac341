// The self-check: is each check needed? With any one off, a core must escape that was found before. Is each lockless
// field to be declared so? And do searches of all states see and find the same in whatever way they go?
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checker/trace/core_list.hpp"
#include "checker/trials/declarations.hpp"
#include "checker/trials/search_check.hpp"
#include "checker/trials/trial.hpp"

namespace interfuse {

// What became of one core, with all checks and without the one that found it.
struct escape {
    core_description what;
    std::string check;      // an entry of the checks, which found it; empty: none did
    std::uint64_t runs = 0; // to the first hit
    std::string instead;    // the check that finds it when that one is off; empty: it escapes
    std::uint64_t runs_without = 0;
    std::string error;

    bool escapes() const { return !check.empty() && instead.empty() && error.empty(); }
};

struct selfcheck_result {
    std::vector<std::string>
        checks; // entries: a name, or several names separated by commas that go on and off together
    std::vector<escape> cores;
    std::vector<std::string> indeterminate; // cores whose runs differed between two processes
    std::vector<undeclared> declarations;   // each lockless field of this core, declared so no longer
    std::vector<search_check> searches;     // none in a build that does not search
    bool interrupted = false;

    // The cores that only this check finds.
    std::vector<std::string> needed_for(const std::string &check) const;
    std::vector<std::string> not_needed() const;
    std::vector<std::string> needless_declarations() const; // fields
    std::string error() const;                              // of a search that could not be made
    bool is_met() const;
};

// `cores` are mutants; `twice` are explored in two processes each, which must agree. `searched` are searched in several
// ways, with so many random walks beside; not at all with 0.
selfcheck_result run_selfcheck(const std::vector<std::string> &checks, const std::vector<core_description> &cores,
                               const std::vector<std::string> &twice, const std::vector<searched_subject> &searched,
                               std::uint64_t walks, const search_limits &options,
                               const std::function<void(const std::string &core)> &progress);

} // namespace interfuse
