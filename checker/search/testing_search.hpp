// Searching programs that are written in a test.
#pragma once

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

} // namespace interfuse
