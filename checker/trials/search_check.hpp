// The self-check of verify: searches of small scenarios by different ways, which must see and find the same.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "checker/trials/trial.hpp"

namespace interfuse {

// A scenario with its parameters on a core, small enough to be searched many times.
struct searched_subject {
    std::string core;
    std::string scenario;
    std::string set; // of --set; empty: none
};

// What the searches of one subject have come to.
struct search_check {
    searched_subject what;
    search_summary without = {}, sleep = {}, local = {}, persistent = {}; // reductions, with coarse points, in any order
    search_summary in_order = {}; // local steps, where tasks that are alike begin in the order of their numbers
    search_summary fine = {}; // sleep sets with fine points
    std::string error = {};   // of a search that was not complete or ended in an error of interfuse

    std::vector<std::string> differences() const; // sentences; none if all is as it should be
    bool is_met() const { return error.empty() && differences().empty(); }
};

const std::vector<searched_subject> &searched_subjects();

// Runs all searches with everything tried out that they take for granted, and random walks: so many in all.
std::vector<search_check> check_searches(const std::vector<searched_subject> &subjects, unsigned jobs,
                                         std::uint64_t walks,
                                         const std::function<void(const std::string &core)> &progress);

} // namespace interfuse
