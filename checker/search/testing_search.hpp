// Searching programs that are written in a test.
#pragma once

#include <algorithm>
#include <array>
#include <vector>

#include "checker/runner.hpp"
#include "checker/search/state_search.hpp"
#include "scenarios/stage.hpp"
#include "sim/kernel/sched.hpp"

namespace interfuse {

// A task that ends with its body, as no process does.
template <typename Body> void start(const char *name, Body body)
{
    kernel::make_task_struct(sim::start_task(name, body), nullptr, nullptr);
}

// Of a runner for the program that is built so. There is one at a time.
inline run_setup setup_of(void (*build)())
{
    static scenario which;
    which = {.name = "test", .question = "", .expected = "", .parameters = with_common_parameters({}), .build = build};
    run_setup setup;
    setup.which = &which;
    setup.parameters = complete_parameters(which, {}).values;
    return setup;
}

// Each step is checked to have changed nothing but what its footprint lists.
inline searched search(void (*build)(), search_bounds bounds = {})
{
    bounds.self_check = true;
    runner on(setup_of(build));
    return search_states(on, bounds, [](const search_counts &) {});
}

// What whoever it is names where he finds what must not be, the setup first, then tasks: each is a finding of its own.
inline constexpr std::array<const char *, 4> broken_expectations = {"by the setup", "by the first", "by the second",
                                                                    "by the third"};

inline std::vector<std::uint64_t> fingerprints_of(const searched &result)
{
    std::vector<std::uint64_t> all;
    for (const state_finding &each : result.findings)
        all.push_back(each.fingerprint);
    std::ranges::sort(all);
    return all;
}

} // namespace interfuse
